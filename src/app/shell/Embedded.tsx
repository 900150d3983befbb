/** The page inside another one: one chart or the block, with the run's controls and a way to the whole lab. */
import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core';
import { useElementSize, useThrottledValue } from '@mantine/hooks';
import { IconExternalLink } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { createCrosshair } from '../../charts/crosshair';
import type { ChartId } from '../../charts/chart-specs';
import { t } from '../../language/language';
import { HiddenPageBar } from './HiddenPageBar';
import { BlockDiagram } from '../block/BlockDiagram';
import { useChartChoices } from '../charts/chart-choices';
import { useBehind } from '../charts/ChartsPanel';
import { RunChart } from '../charts/RunChart';
import { Controls, RunProgress } from './Header';
import { currentPage } from '../store/address-bar';
import { useExperiment } from '../store/experiment';
import { useLinkResult } from '../store/link-result';
import { useRun } from '../store/run';
import { TimeBar } from '../time/TimeBar';
import { useShownRun } from '../time/useShownRun';
import classes from './Embedded.module.css';
import { GhostBar } from '../share/LinkResultBar';
import { pageBase, shareLink } from '../share/links';
import { chartOf, presentableTitle, type Embeddable } from '../../page/link-names';

const PACE = 200;
/** Height of a chart's title and values around its plot, in px. */
const AROUND = 84;
const LEAST_HEIGHT = 100;

function Chart({ chart, height }: { chart: ChartId; height: number }) {
  const run = useShownRun();
  const revision = useThrottledValue(
    useRun((state) => state.revision),
    PACE,
  );
  const [choices] = useChartChoices();
  const [crosshair] = useState(createCrosshair);
  const [xRange, setRange] = useState<[number, number] | null>(null);
  const all = useBehind(run?.id ?? null);
  const behind = useMemo(() => all.filter(({ dashed }) => dashed), [all]);
  return (
    <RunChart
      {...{ chart, run, revision, crosshair, xRange, height }}
      {...choices}
      behind={behind}
      onRangeChange={setRange}
    />
  );
}

export function Embedded({ part }: { part: Embeddable }) {
  const chart = chartOf(part);
  const { ref, height } = useElementSize();
  const experiment = useExperiment((state) => state.experiment);
  const beside = useExperiment((state) => state.beside);
  const result = useLinkResult((state) => state.text);
  const unreadable = useLinkResult((state) => state.unreadable);
  const whole = shareLink(pageBase(), {
    experiment,
    beside,
    page: { ...currentPage(), embed: null },
    result,
  });
  return (
    <div className={classes.page}>
      <header className={classes.bar}>
        <VisuallyHidden>
          <h1>Branch Lab</h1>
        </VisuallyHidden>
        <Controls />
        <RunProgress />
        <Tooltip label={t('Open in Branch Lab')}>
          <ActionIcon
            component="a"
            href={whole}
            target="_blank"
            rel="noreferrer"
            size={36}
            variant="default"
            aria-label={t('Open in Branch Lab')}
            className={classes.open}
          >
            <IconExternalLink size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        {unreadable !== null && <GhostBar />}
        <HiddenPageBar />
      </header>
      <main className={classes.part} ref={ref}>
        <VisuallyHidden>
          <h2>{t(presentableTitle(part))}</h2>
        </VisuallyHidden>
        {chart === null ? (
          <div className={classes.diagram}>
            <BlockDiagram />
          </div>
        ) : (
          height > 0 && <Chart chart={chart} height={Math.max(LEAST_HEIGHT, Math.floor(height) - AROUND)} />
        )}
      </main>
      <TimeBar embedded />
    </div>
  );
}
