/** The overlay of the selected runs: charts, a legend that switches lines, settings that differ, and tests of the differences. */
import {
  Button,
  Group,
  Loader,
  NativeSelect,
  SegmentedControl,
  Select,
  Switch,
  Text,
  Title,
} from '@mantine/core';
import { useThrottledValue } from '@mantine/hooks';
import { IconZoomReset } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import { createCrosshair } from '../../charts/crosshair';
import { measuresOf, type ChartId } from '../../charts/chart-specs';
import { DRAWN_STATISTICS, layerName, panelCurves, type DrawnStatistic } from '../../charts/run-view';
import { phrase, t } from '../../language/language';
import { STATISTIC_LABELS } from '../../instruments/statistics';
import { PANELS } from '../../network/curves';
import { useChartChoices } from '../charts/chart-choices';
import panelClasses from '../charts/ChartsPanel.module.css';
import { useRun } from '../store/run';
import { toggleLine, useOverlayChoices } from './compare-choices';
import classes from './ComparePanel.module.css';
import {
  isGroup,
  linesOf,
  useSelectedRuns,
  type SelectedGroup,
  type SelectedRun,
} from '../charts/selected-lines';
import { OverlayChart } from './OverlayChart';
import { DifferencesTable, OutcomesTable } from './tables';

/** Id of the element, to which the table of runs scrolls. */
export const COMPARE_ID = 'compare';

const PACE = 500;
const MEASURES = measuresOf('compare');
const BANDS = [
  { value: 'range', label: phrase('Min to max') },
  { value: 'deviation', label: phrase('± std') },
];

function Legend({
  lines,
  hidden,
}: {
  lines: readonly (SelectedRun | SelectedGroup)[];
  hidden: readonly string[];
}) {
  return (
    <div className={classes.legend} role="group" aria-label={t('Lines')}>
      {lines.map(({ id, name, colour }) => (
        <button
          key={id}
          type="button"
          className={classes.line}
          aria-pressed={!hidden.includes(id)}
          onClick={() => toggleLine(id)}
        >
          <span className={classes.swatch} style={{ background: colour }} aria-hidden />
          {name}
        </button>
      ))}
    </div>
  );
}

export function ComparePanel() {
  const { selected, loading } = useSelectedRuns();
  const [{ statistic, xScale }, change] = useChartChoices();
  const { layer, band, singles, grouped, hidden } = useOverlayChoices();
  const [crosshair] = useState(createCrosshair);
  const [xRange, setRange] = useState<[number, number] | null>(null);
  const revision = useThrottledValue(
    useRun((state) => state.revision),
    PACE,
  );
  const all = useMemo(() => linesOf(selected, grouped), [selected, grouped]);
  const lines = useMemo(() => all.filter(({ id }) => !hidden.includes(id)), [all, hidden]);
  const series = useMemo(() => ({ statistic, layer, band }), [statistic, layer, band]);
  const onRangeChange = useCallback((range: [number, number] | null) => setRange(range), []);
  if (selected.length === 0 && loading === 0) return null;

  const layers = Math.max(0, ...selected.map(({ run }) => run.plan?.blocks.length ?? 0));
  const panels = PANELS.filter((panel) => selected.some(({ run }) => panelCurves(run, panel).length > 0));
  const chart = (id: ChartId) => (
    <OverlayChart
      key={id}
      chart={id}
      {...{ lines, series, singles, xScale, xRange, crosshair, revision, onRangeChange }}
    />
  );
  return (
    <section id={COMPARE_ID} className={classes.compare} aria-label={t('Overlay of the selected runs')}>
      <Group justify="space-between" gap="xs">
        <Title order={3} size="h5">
          {selected.length === 1 ? t('One run') : t('Overlay of {{runs}} runs', { runs: selected.length })}
        </Title>
        <Group gap="xs">
          {loading > 0 && <Loader size="xs" aria-label={t('Reading {{runs}} runs', { runs: loading })} />}
        </Group>
      </Group>
      <div className={panelClasses.controls}>
        <Select
          size="xs"
          w={140}
          aria-label={t('Statistic over the channels of a layer')}
          data={DRAWN_STATISTICS.map((value) => ({ value, label: t(STATISTIC_LABELS[value]) }))}
          value={statistic}
          allowDeselect={false}
          onChange={(value) => value && change({ statistic: value as DrawnStatistic })}
        />
        <NativeSelect
          size="xs"
          aria-label={t('Layer of the branch charts')}
          data={[
            { value: 'last', label: t('Last block') },
            { value: 'mean', label: t('Mean over layers') },
            ...Array.from({ length: layers }, (_, i) => ({ value: `${i}`, label: layerName(i) })),
          ]}
          value={`${layer}`}
          onChange={({ currentTarget: { value } }) =>
            useOverlayChoices.setState({
              layer: value === 'last' || value === 'mean' ? value : Number(value),
            })
          }
        />
        <SegmentedControl
          size="xs"
          aria-label={t('Step axis')}
          data={[
            { value: 'linear', label: t('Linear') },
            { value: 'log', label: t('Log') },
          ]}
          value={xScale}
          transitionDuration={0}
          onChange={(value) => change({ xScale: value === 'log' ? 'log' : 'linear' })}
        />
        <Button
          size="xs"
          variant="default"
          disabled={xRange === null}
          leftSection={<IconZoomReset size={14} aria-hidden />}
          onClick={() => setRange(null)}
        >
          {t('Reset zoom')}
        </Button>
        <Switch
          size="xs"
          label={t('Seeds as one line')}
          checked={grouped}
          onChange={(event) => useOverlayChoices.setState({ grouped: event.currentTarget.checked })}
        />
        {all.some(isGroup) && (
          <>
            <SegmentedControl
              size="xs"
              aria-label={t('Band of a group')}
              data={BANDS.map(({ value, label }) => ({ value, label: t(label) }))}
              value={band}
              transitionDuration={0}
              onChange={(value) =>
                useOverlayChoices.setState({ band: value === 'deviation' ? value : 'range' })
              }
            />
            <Switch
              size="xs"
              label={t('Show single seeds')}
              checked={singles}
              onChange={(event) => useOverlayChoices.setState({ singles: event.currentTarget.checked })}
            />
          </>
        )}
      </div>
      <Legend lines={all} hidden={hidden} />
      {lines.length === 0 ? (
        <Text size="sm" c="dimmed">
          {selected.length === 0
            ? t('Reading the runs …')
            : t('All lines are switched off; press one above.')}
        </Text>
      ) : (
        <div className={panelClasses.charts}>
          <div className={panelClasses.panels} data-count={panels.length}>
            {panels.map(chart)}
          </div>
          <div className={panelClasses.panels} data-count={2}>
            {MEASURES.map(chart)}
          </div>
        </div>
      )}
      <DifferencesTable lines={all} />
      <OutcomesTable lines={all} revision={revision} />
    </section>
  );
}
