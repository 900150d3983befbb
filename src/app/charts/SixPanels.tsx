/** Two runs side by side, branch by branch, on the same axes: the study's figure for any two runs in memory. */
import { Group, Select, Text, Title, useComputedColorScheme } from '@mantine/core';
import { useThrottledValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { hasPoints } from '../../charts/captions';
import { chartCsv } from '../../charts/csv';
import { FigureMenu } from '../../charts/FigureMenu';
import { PlainPlot } from '../../charts/PlainPlot';
import { download, figureImage, type ImageFormat } from '../../charts/plotly';
import { gridHeight, panelsOf, sixPanels, sixPanelsSummary, type NamedRun } from '../../charts/six-panels';
import type { DrawnStatistic } from '../../charts/run-view';
import { namesOfTwo } from '../../experiment/difference';
import { t } from '../../language/language';
import { partProps } from '../../page/parts';
import type { RunState } from '../../runs/record';
import { sourcesOf } from './run-sources';
import { useExperiment } from '../store/experiment';
import { useRun } from '../store/run';
import { useRunAt, useShownRun } from '../time/useShownRun';
import classes from './SixPanels.module.css';

const IMAGE_WIDTH = 1200;
const PACE = 300;

/** Whether there are two runs to show, or a second run is set up. */
export function useShowsTwo(): boolean {
  const beside = useExperiment((state) => state.beside !== null);
  const pair = useRun((state) => state.pair !== null);
  const several = useRun((state) => state.kept.length > 1);
  return beside || pair || several;
}

/** The runs to choose from, oldest first: earlier runs of this page and the current ones. */
function useRuns(): readonly RunState[] {
  const kept = useRun((state) => state.kept);
  const run = useShownRun();
  const beside = useRunAt(useRun((state) => state.beside));
  return useMemo(() => {
    const present = [run, beside].filter((one) => one !== null);
    const at = (one: RunState) => present.find(({ id }) => id === one.id) ?? one;
    return [...kept.map(at), ...present.filter(({ id }) => !kept.some((one) => one.id === id))];
  }, [kept, run, beside]);
}

/** The two runs shown: the chosen ones, else the last pair, else the last two. */
function useTwo(runs: readonly RunState[], chosen: readonly [string | null, string | null]): NamedRun[] {
  const [first, second] = useRun((state) => state.pair) ?? [null, null];
  const find = (id: string | null) => runs.find((run) => run.id === id) ?? null;
  const a = find(chosen[0]) ?? find(first) ?? runs.at(-2) ?? runs.at(-1) ?? null;
  const b = find(chosen[1]) ?? find(second) ?? (first === null ? (runs.at(-1) ?? null) : null);
  if (!a) return [];
  if (!b || b.id === a.id) return [{ name: namesOfTwo(a.experiment, a.experiment)[0], run: a }];
  const [nameA, nameB] = namesOfTwo(a.experiment, b.experiment);
  return [
    { name: nameA, run: a },
    { name: nameB, run: b },
  ];
}

const NOT_CHOSEN = [null, null] as const;

/** The two runs that are shown by default. */
export const useShownTwo = (): NamedRun[] => useTwo(useRuns(), NOT_CHOSEN);

export function SixPanels({ statistic }: { statistic: DrawnStatistic }) {
  const runs = useRuns();
  const [chosen, setChosen] = useState<[string | null, string | null]>([null, null]);
  const two = useTwo(runs, chosen);
  const revision = useThrottledValue(
    useRun((state) => state.revision),
    PACE,
  );
  const dark = useComputedColorScheme('light') === 'dark';
  const shown = two.filter(({ run }) => hasPoints(run));
  const ids = two.map(({ run }) => (run as RunState).id);
  const options = runs.map(({ id, name, experiment }) => ({
    value: id,
    label: t('{{run}}, factor {{factor}}, seed {{seed}}', {
      run: name,
      factor: experiment.factor,
      seed: experiment.seed,
    }),
  }));
  const choose = (index: 0 | 1, id: string | null) =>
    setChosen(index === 0 ? [id, chosen[1] ?? ids[1] ?? null] : [chosen[0] ?? ids[0] ?? null, id]);

  const saveImage = async (format: ImageFormat) => {
    const figure = sixPanels(shown, { statistic, width: IMAGE_WIDTH, dark });
    const [first, second] = shown.map(({ name }) => name);
    const title = second === undefined ? (first ?? '') : t('{{first}} beside {{second}}', { first, second });
    const file = await figureImage(
      figure,
      title,
      t('Colour: depth. Thick orange: last block.'),
      format,
      IMAGE_WIDTH,
      figure.height,
      sourcesOf(shown.map(({ run }) => run as RunState)),
    );
    download(file, `branch-lab-six-panels.${format}`);
  };
  const saveCsv = () => {
    const parts = shown.flatMap(({ name, run }) =>
      panelsOf(shown).map((panel) => `# ${name}, ${panel}\r\n${chartCsv(run, panel, statistic)}`),
    );
    download(new Blob([parts.join('\r\n')], { type: 'text/csv;charset=utf-8' }), 'branch-lab-six-panels.csv');
  };

  return (
    <section className={classes.figure} aria-label={t('Two runs side by side')} {...partProps('two-runs')}>
      <header className={classes.header}>
        <Title order={3} size="h6">
          {t('Two runs side by side')}
        </Title>
        <Group gap="xs" className={classes.choices}>
          {runs.length > 1 &&
            ([0, 1] as const).map((index) => (
              <Select
                key={index}
                size="xs"
                aria-label={index === 0 ? t('First run') : t('Second run')}
                data={options}
                value={ids[index] ?? null}
                placeholder={t('No second run yet')}
                allowDeselect={false}
                onChange={(id) => choose(index, id)}
                comboboxProps={{ shadow: 'md', width: 320, position: 'bottom-end' }}
              />
            ))}
        </Group>
        {shown.length > 0 && (
          <FigureMenu
            title={t('Two runs side by side')}
            zoomed={false}
            onSaveImage={(format) => void saveImage(format)}
            onSaveCsv={saveCsv}
            onResetZoom={() => undefined}
          />
        )}
      </header>
      {shown.length === 0 ? (
        <div className={classes.empty}>
          <Text size="sm" c="dimmed" ta="center">
            {t(
              'The study’s figure will appear here: the scales of every branch, layer by layer, for the first run and, below it, for the second run.',
            )}
          </Text>
        </div>
      ) : (
        <PlainPlot
          build={(width) => sixPanels(shown, { statistic, width, dark })}
          height={(width) => gridHeight(shown, width)}
          revision={`${revision} ${statistic} ${dark} ${shown.map(({ name, run }) => name + run.series.count).join()}`}
          label={sixPanelsSummary(shown, statistic)}
        />
      )}
      <Text size="xs" className={classes.caption}>
        {t(
          'One line per layer, a statistic over its channels. Colour shows depth; the thick orange line is the last block, with its dip marked. All panels share their axes.',
        )}
      </Text>
    </section>
  );
}
