/** The frame of an instrument's chart: title, explanation, switch, menu, cost. */
import { ActionIcon, Group, Select, Stack, Switch, Text, Title, Tooltip } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { t } from '../../language/language';
import { partProps, type PartId } from '../../page/parts';
import { FigureMenu } from '../../charts/FigureMenu';
import { costOf, instrumentCsv, type PlainFigure } from '../../charts/instrument-figures';
import { PlainPlot } from '../../charts/PlainPlot';
import { download, figureImage, type ImageFormat } from '../../charts/plotly';
import type { InstrumentName } from '../../experiment/settings';
import type { Quantity } from '../../instruments/measurement';
import type { RunState } from '../../runs/record';
import { sourcesOf } from '../charts/run-sources';
import { useExperiment } from '../store/experiment';
import classes from './instruments.module.css';

export const CARD_HEIGHT = 250;
const IMAGE = { width: 800, height: 420 };

export interface Choice {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

export interface CardProps {
  /** English; the card translates it, and its saved files are named after it. */
  title: string;
  part?: PartId;
  help: string;
  formula: string;
  /** The instrument whose switch and cost are shown; null for a chart of data that is always recorded. */
  instrument: InstrumentName | null;
  run: RunState | null;
  choices: readonly Choice[];
  /** Shown instead of the plot if there is nothing to draw. */
  empty: string | null;
  build: (width: number) => PlainFigure;
  revision: number | string;
  /** The chart's latest values as text for screen readers. */
  label: string;
  /** Quantities in its CSV, unless `csv` is given. */
  quantities: readonly Quantity[];
  csv?: () => string;
  children?: ReactNode;
}

function Cost({ run, instrument }: { run: RunState; instrument: InstrumentName }) {
  const every = run.experiment.measureEvery;
  const own = costOf(run, instrument, every);
  const read = costOf(run, 'read', every);
  if (!own || !read) return null;
  return (
    <Text size="xs" className={classes.words}>
      {t(
        '{{own}} ms per measurement, {{ownShare}} % of the training time; reading back for all instruments {{read}} ms, {{readShare}} %.',
        {
          own: own.milliseconds.toFixed(1),
          ownShare: (100 * own.share).toFixed(2),
          read: read.milliseconds.toFixed(1),
          readShare: (100 * read.share).toFixed(2),
        },
      )}
    </Text>
  );
}

export function Card(props: CardProps) {
  const { help, formula, instrument, run, choices, empty, build, revision, label, quantities } = props;
  const title = t(props.title);
  const on = useExperiment((state) => instrument === null || state.experiment[instrument]);
  const change = useExperiment((state) => state.change);
  const name = `branch-lab-${props.title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
  const saveImage = async (format: ImageFormat) => {
    const { width, height } = IMAGE;
    const file = await figureImage(build(width), title, '', format, width, height, sourcesOf([run]));
    download(file, `${name}.${format}`);
  };
  const saveCsv = () => {
    const text = props.csv ? props.csv() : run ? instrumentCsv(run, quantities) : '';
    download(new Blob([text], { type: 'text/csv;charset=utf-8' }), `${name}.csv`);
  };
  const about = (
    <Stack gap={4}>
      <Text size="sm">{help}</Text>
      <Text size="sm" ff="serif" fs="italic">
        {formula}
      </Text>
    </Stack>
  );
  return (
    <section className={classes.card} aria-label={title} {...(props.part && partProps(props.part))}>
      <header className={classes.header}>
        <Title order={4} size="h6">
          {title}
        </Title>
        <Tooltip label={about} multiline w={300} events={{ hover: true, focus: true, touch: true }}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="md"
            aria-label={t('About this chart: {{title}}', { title })}
          >
            <IconInfoCircle size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Group gap={6} className={classes.choices}>
          {choices.map((choice) => (
            <Select
              key={choice.label}
              size="xs"
              aria-label={t('{{title}}: {{choice}}', { title, choice: choice.label })}
              data={[...choice.options]}
              value={choice.value}
              allowDeselect={false}
              onChange={(value) => value !== null && choice.onChange(value)}
              comboboxProps={{ shadow: 'md' }}
            />
          ))}
        </Group>
        {instrument !== null && (
          <Tooltip label={t('Takes effect in the next run; costs nothing when it is off')}>
            <Switch
              size="xs"
              checked={on}
              aria-label={t('Measure: {{title}}', { title })}
              onChange={(event) => change({ [instrument]: event.currentTarget.checked })}
            />
          </Tooltip>
        )}
        {empty === null && (
          <FigureMenu
            title={title}
            zoomed={false}
            onSaveImage={(format) => void saveImage(format)}
            onSaveCsv={saveCsv}
            onResetZoom={() => undefined}
          />
        )}
      </header>
      {empty === null ? (
        <PlainPlot
          build={build}
          height={CARD_HEIGHT}
          revision={`${revision} ${run?.series.count} ${run?.instruments.count}`}
          label={label}
        />
      ) : (
        <div className={classes.empty}>
          <Text size="sm" className={classes.words}>
            {empty}
          </Text>
        </div>
      )}
      <div className={classes.foot}>
        {props.children}
        {run && instrument !== null && <Cost run={run} instrument={instrument} />}
      </div>
    </section>
  );
}
