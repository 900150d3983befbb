/** The confusion matrix by superclass or by class, with its largest entries as text. */
import { sentences } from '../../language/join';
import { t } from '../../language/language';
import { Group, Select, Text, useComputedColorScheme } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import { confusionCsv, confusionFigure, confusionHeight } from '../../charts/confusion-figure';
import { FigureMenu } from '../../charts/FigureMenu';
import { PlainPlot } from '../../charts/PlainPlot';
import { download, figureImage } from '../../charts/plotly';
import { largestMixes } from '../../instruments/answers';
import type { RunState } from '../../runs/record';
import { count } from '../controls/format';
import { sourcesOf } from '../charts/run-sources';
import { LevelControl } from './LevelControl';
import type { Level, Results } from './results';
import classes from './AnswersPanel.module.css';

/** Number of pairs listed as text. */
const MIXES = 6;
const IMAGE_WIDTH = 1000;
const EVERYTHING = 'all';

interface ConfusionMatrixProps {
  /** Names the run in saved files. */
  run: RunState | null;
  results: Results;
  /** Changes with the results. */
  revision: string;
}

export function ConfusionMatrix({ run, results, revision }: ConfusionMatrixProps) {
  const dark = useComputedColorScheme('light') === 'dark';
  // not translated: CSS.
  const touch = useMediaQuery('(pointer: coarse)', false, { getInitialValueInEffect: false });
  const [level, setLevel] = useState<Level>('coarse');
  const [group, setGroup] = useState(EVERYTHING);
  const fine = level === 'fine';
  const confusion = results.confusion[level];
  const names = results.names[level];
  const order = fine ? results.order : names.map((_, label) => label);
  const begins = results.begins.filter((place) => place >= 0).sort((a, b) => a - b);
  const start = fine && group !== EVERYTHING ? results.begins[Number(group)]! : -1;
  const end = begins.find((place) => place > start) ?? order.length;
  const view = {
    names,
    order,
    edges: fine ? begins.slice(1) : [],
    focus: start >= 0 ? ([start, end - 1] as const) : null,
    dark,
    drag: !touch,
  };
  const build = (width: number) => confusionFigure(confusion, view, width);
  const title = fine ? t('Confusion by class') : t('Confusion by superclass');
  const fileName = `branch-lab-confusion-by-${fine ? 'class' : 'superclass'}`;
  const saveImage = async (format: 'png' | 'svg') => {
    const height = confusionHeight(IMAGE_WIDTH, names);
    download(
      await figureImage(build(IMAGE_WIDTH), title, '', format, IMAGE_WIDTH, height, sourcesOf([run])),
      `${fileName}.${format}`,
    );
  };
  const saveCsv = () =>
    download(
      new Blob([confusionCsv(confusion, results.written[level], order)], { type: 'text/csv;charset=utf-8' }),
      `${fileName}.csv`,
    );
  const mixes = largestMixes(confusion, MIXES);
  return (
    <div className={classes.matrix}>
      <Group gap="xs" justify="space-between" align="flex-start" wrap="nowrap">
        <Group gap="xs">
          <LevelControl label={t('Confusion by')} names={results.names} value={level} onChange={setLevel} />
          {fine && (
            <Select
              size="xs"
              aria-label={t('Part of the matrix')}
              data={[
                { value: EVERYTHING, label: t('Whole matrix') },
                ...results.names.coarse.map((label, i) => ({ value: `${i}`, label })),
              ]}
              value={group}
              allowDeselect={false}
              onChange={(value) => value !== null && setGroup(value)}
            />
          )}
        </Group>
        <FigureMenu
          title={title}
          zoomed={false}
          onSaveImage={(format) => void saveImage(format)}
          onSaveCsv={saveCsv}
          onResetZoom={() => undefined}
        />
      </Group>
      <PlainPlot
        build={build}
        height={(width) => confusionHeight(width, names)}
        revision={`${revision} ${level} ${group} ${dark} ${touch}`}
        label={t('{{title}}: true classes down, predicted classes across', { title })}
      />
      <Text size="sm">
        {mixes.length === 0
          ? t('No class is confused with another.')
          : t('Most often mixed up: {{pairs}}.', {
              pairs: mixes
                .map((mix) =>
                  t('{{truth}} → {{guess}} {{times}} of {{images}}', {
                    truth: names[mix.truth],
                    guess: names[mix.guess],
                    times: count(mix.count),
                    images: count(mix.of),
                  }),
                )
                .reduce((before, next) => t('{{before}}; {{next}}', { before, next })),
            })}
      </Text>
      <Text size="xs" c="dimmed">
        {sentences(
          t(
            'True classes down, predicted classes across; every row adds up to 1. The stronger a field’s colour, the larger the share of the true class’s images. Right answers are on the diagonal.',
          ),
          fine && start < 0 ? t('Lines part the superclasses.') : '',
          start >= 0 ? t('Answers outside this superclass are in the whole matrix.') : '',
          touch ? t('Tap a field to read it.') : t('Drag to zoom in, double-click for all of it.'),
        )}
      </Text>
    </div>
  );
}
