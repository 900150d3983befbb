/** The charts of a run on one shared x axis: the scales of each branch by layer, then loss, accuracy and the spread of the logits. */
import {
  Button,
  Group,
  Pill,
  SegmentedControl,
  Select,
  Text,
  useComputedColorScheme,
  VisuallyHidden,
} from '@mantine/core';
import { useThrottledValue } from '@mantine/hooks';
import { IconZoomReset } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import { createCrosshair } from '../../charts/crosshair';
import { LAB_MEASURES, type ChartId, type LabChartId } from '../../charts/chart-specs';
import { DRAWN_STATISTICS, panelCurves, type DrawnStatistic, type OverlaidRun } from '../../charts/run-view';
import { namesOfTwo } from '../../experiment/difference';
import { STATISTIC_LABELS } from '../../instruments/statistics';
import { phrase, t } from '../../language/language';
import { isStudyPanel, PANELS } from '../../network/curves';
import { partProps } from '../../page/parts';
import type { RunState } from '../../runs/record';
import { useChartChoices } from './chart-choices';
import classes from './ChartsPanel.module.css';
import { useSelectedRuns } from './selected-lines';
import { isHidden } from '../../page/link-names';
import { closeLinkResult, linkResultLine, useLinkResult } from '../store/link-result';
import { useHidden, usePage } from '../store/page-options';
import { closeBehind, isRecordingLine, recordingLine, useRecording } from '../store/recording';
import { useRun } from '../store/run';
import { useSelection } from '../store/selected-runs';
import { DepthKey } from './DepthKey';
import { RunChart } from './RunChart';
import { SixPanels, useShowsTwo } from './SixPanels';

export interface ChartsPanelProps {
  run: RunState | null;
  /** Grows whenever the run grows, because its series change outside React. */
  revision: number;
  /** Whether blocks will have a norm after the sum; used until there is a run. */
  expectNorm: boolean;
}

/** Least time between two updates from the run, in ms; the draw queue may be slower. */
const PACE = 200;
const X_SCALES = [
  { value: 'linear', label: phrase('Linear') },
  { value: 'log', label: phrase('Log') },
] as const;

/** Chooses which run of a pair the charts and instruments below show. */
function ShownRun() {
  const run = useRun((state) => state.run);
  const pair = useRun((state) => state.pair);
  const beside = useRun((state) => state.beside);
  const swap = useRun((state) => state.swap);
  if (!run || !beside || !pair) return null;
  const [a, b] = run.id === pair[0] ? [run, beside] : [beside, run];
  const names = namesOfTwo(a.experiment, b.experiment);
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('Run shown below')}
      data={[
        { value: a.id, label: names[0] },
        { value: b.id, label: names[1] },
      ]}
      value={run.id}
      transitionDuration={0}
      onChange={(id) => id !== run.id && swap()}
    />
  );
}

/** The runs drawn behind the run shown: the selected runs of the history, the result from the link, a recording. */
export function useBehind(runId: string | null): readonly OverlaidRun[] {
  const { selected } = useSelectedRuns();
  const ghost = useGhostLine();
  const recording = useRecordingLine();
  return useMemo(
    () => [
      ...(ghost ? [ghost] : []),
      ...(recording ? [recording] : []),
      ...selected.filter(({ id }) => id !== runId),
    ],
    [selected, ghost, recording, runId],
  );
}

function useGhostLine(): OverlaidRun | null {
  const result = useLinkResult((state) => state.result);
  const view = useLinkResult((state) => state.view);
  const dark = useComputedColorScheme('light') === 'dark';
  return useMemo(() => linkResultLine({ result, view }, dark), [result, view, dark]);
}

function useRecordingLine(): OverlaidRun | null {
  const behind = useRecording((state) => state.behind);
  const dark = useComputedColorScheme('light') === 'dark';
  return useMemo(() => recordingLine({ behind }, dark), [behind, dark]);
}

/** Removes a run drawn behind. */
function removeBehind({ id, dashed }: OverlaidRun): void {
  if (isRecordingLine(id)) closeBehind();
  else if (dashed) closeLinkResult();
  else useSelection.getState().toggle(id);
}

/** Names and colours of the runs behind, each with a button that removes it. */
function BehindKey({ behind }: { behind: readonly OverlaidRun[] }) {
  if (behind.length === 0) return null;
  return (
    <Group gap={6} role="group" aria-label={t('Runs in the background')}>
      <Text size="xs" component="span">
        {t('In the background:')}
      </Text>
      {behind.map(({ id, name, colour, dashed }, i) => (
        <Pill
          key={id}
          size="sm"
          withRemoveButton
          onRemove={() => removeBehind(behind[i]!)}
          removeButtonProps={{
            'aria-label': t('Remove {{name}}', { name }),
            'aria-hidden': false,
            tabIndex: 0,
          }}
        >
          <span
            className={classes.dot}
            data-dashed={dashed}
            style={dashed ? { borderColor: colour } : { background: colour }}
            aria-hidden
          />{' '}
          {isRecordingLine(id)
            ? t('{{name}}, a recording', { name })
            : dashed
              ? t('{{name}}, from the link', { name })
              : name}
        </Pill>
      ))}
    </Group>
  );
}

export function ChartsPanel({ run, revision, expectNorm }: ChartsPanelProps) {
  const [choices, change] = useChartChoices();
  const [crosshair] = useState(createCrosshair);
  const seen = useThrottledValue(revision, PACE);
  const runId = run?.id ?? null;
  const [zoom, setZoom] = useState<{ runId: string | null; range: [number, number] } | null>(null);
  const xRange = zoom?.runId === runId ? zoom.range : null;
  const onRangeChange = useCallback(
    (range: [number, number] | null) => setZoom(range && { runId, range }),
    [runId],
  );

  const behind = useBehind(runId);
  const showsTwo = useShowsTwo();
  const hidesTwo = useHidden('two-runs');
  const hidden = usePage((state) => state.hide);
  const isShown = (chart: LabChartId) => !isHidden(hidden, `chart.${chart}`);
  const sent = behind.filter(({ dashed }) => dashed);
  const panels = PANELS.filter(
    (panel) =>
      isShown(panel) &&
      (isStudyPanel(panel) ||
        (run?.plan ? panelCurves(run, panel).length > 0 : panel === 'norm' && expectNorm) ||
        sent.some((other) => panelCurves(other.run, panel).length > 0)),
  );
  const measures = LAB_MEASURES.filter(isShown);
  const chart = (id: ChartId) => (
    <RunChart
      key={id}
      chart={id}
      run={run}
      revision={seen}
      {...choices}
      xRange={xRange}
      behind={behind}
      crosshair={crosshair}
      onRangeChange={onRangeChange}
    />
  );

  return (
    <div className={classes.charts} {...partProps('charts')}>
      <VisuallyHidden>
        <h2>{t('Charts')}</h2>
      </VisuallyHidden>
      <div className={classes.controls}>
        <Select
          size="xs"
          w={150}
          aria-label={t('Statistic over the channels of a layer')}
          data={DRAWN_STATISTICS.map((value) => ({ value, label: t(STATISTIC_LABELS[value]) }))}
          value={choices.statistic}
          allowDeselect={false}
          onChange={(value) => value && change({ statistic: value as DrawnStatistic })}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('Step axis')}
          data={X_SCALES.map(({ value, label }) => ({ value, label: t(label) }))}
          value={choices.xScale}
          transitionDuration={0}
          onChange={(value) => change({ xScale: value === 'log' ? 'log' : 'linear' })}
        />
        <Button
          size="xs"
          variant="default"
          disabled={xRange === null}
          leftSection={<IconZoomReset size={14} aria-hidden />}
          onClick={() => onRangeChange(null)}
        >
          {t('Reset zoom')}
        </Button>
        <DepthKey />
      </div>
      {showsTwo && !hidesTwo && <SixPanels statistic={choices.statistic} />}
      <ShownRun />
      <BehindKey behind={run ? behind : sent} />
      <div className={classes.panels} data-count={panels.length}>
        {panels.map(chart)}
      </div>
      <div className={classes.panels} data-count={measures.length}>
        {measures.map(chart)}
      </div>
    </div>
  );
}
