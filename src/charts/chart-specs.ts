/**
 * What every chart of a run shows: one row per chart. The figure, the overlay of several runs, the readings below it, the
 * summary for screen readers, the CSV and the lists of charts on the page follow from the row.
 *
 * A chart of branch scales ("panel") has one line per layer; its row is made from its branch. Every other chart
 * ("measure") lists its lines, by step or by evaluation.
 */
import { firstFinite } from '../instruments/finite-range';
import type { Scalar } from '../instruments/scalars';
import { phrase, t } from '../language/language';
import { PANELS, type Panel } from '../network/curves';

import type { Evaluation } from '../training/protocol';
import type { ChartText } from './chart-text';
import { panelText } from './panel-text';
import { panelCurves, type RunView } from './run-view';
import { PLAIN, PER_CENT, type Unit } from './unit';

interface Line {
  /** In the legend and on hovering; English, translated where it is shown. */
  name: string;
  /** Name of the value below the chart; English, translated where it is shown. */
  reading: string;
  /** Heading of the CSV column; English in every language. */
  column: string;
  colour: 'train' | 'accent' | 'second';
  width: number;
  dash?: 'dot';
  opacity?: number;
}

/** A line with one value per training step. */
export type StepLine = Line & { by: 'step'; scalar: Scalar };
/** A line with one value per evaluation. */
export type EvaluationLine = Line & { by: 'evaluation'; value: (evaluation: Evaluation) => number };

export interface MeasureSpec {
  text: ChartText;
  /** Title of the y axis; English, translated where it is shown. */
  axis: string;
  unit: Unit;
  /** Whether the y axis starts at 0. */
  fromZero: boolean;
  lines: readonly (StepLine | EvaluationLine)[];
  /** Which of its lines represents a run in a chart of several runs; the band and the single runs of a group are drawn for the same line. */
  main: 'step' | 'evaluation';
  /** Views that show the chart; links and lessons name the charts of the lab. */
  views: readonly ('lab' | 'compare' | 'class')[];
}

const TOP_1: EvaluationLine = {
  by: 'evaluation',
  value: ({ top1 }) => top1,
  name: phrase('Test top-1'),
  reading: phrase('test'),
  column: 'Test top-1 (%)',
  colour: 'accent',
  width: 2,
};

const MEASURES = {
  loss: {
    text: {
      title: phrase('Loss'),
      help: () =>
        t(
          'Cross-entropy of each training batch before its step, and of the test images at every evaluation.',
        ),
      formula: () => t('L = −mean of ln softmax(logits)[right class]'),
      before: () => t('Training loss by step and test loss by evaluation will appear here.'),
    },
    axis: phrase('Loss (nats)'),
    unit: PLAIN,
    fromZero: false,
    lines: [
      {
        by: 'step',
        scalar: 'loss',
        name: phrase('Train'),
        reading: phrase('training'),
        column: 'Training loss (nats)',
        colour: 'train',
        width: 1.25,
      },
      {
        by: 'evaluation',
        value: ({ loss }) => loss,
        name: phrase('Test'),
        reading: phrase('test'),
        column: 'Test loss (nats)',
        colour: 'accent',
        width: 2,
      },
    ],
    main: 'step',
    views: ['lab', 'compare', 'class'],
  },
  accuracy: {
    text: {
      title: phrase('Accuracy'),
      help: () =>
        t(
          'Share of images whose right class has the largest logit (top-1), or one of the five largest (top-5).',
        ),
      formula: () => t('100 · right / images'),
      before: () => t('Training accuracy by step, and test top-1 and top-5 by evaluation, will appear here.'),
    },
    axis: phrase('Accuracy (%)'),
    unit: PER_CENT,
    fromZero: true,
    lines: [
      {
        by: 'step',
        scalar: 'accuracy',
        name: phrase('Train top-1'),
        reading: phrase('training'),
        column: 'Training top-1 (%)',
        colour: 'train',
        width: 1.25,
        opacity: 0.5,
      },
      TOP_1,
      {
        by: 'evaluation',
        value: ({ top5 }) => top5,
        name: phrase('Test top-5'),
        reading: phrase('test top-5'),
        column: 'Test top-5 (%)',
        colour: 'second',
        width: 2,
        dash: 'dot',
      },
    ],
    main: 'evaluation',
    views: ['lab', 'compare'],
  },
  testAccuracy: {
    text: {
      title: phrase('Test accuracy'),
      help: () =>
        t('Share of test images whose right class has the largest logit (top-1), at every evaluation.'),
      formula: () => t('100 · right / images'),
      before: () => t('Test top-1 by evaluation will appear here.'),
    },
    axis: phrase('Accuracy (%)'),
    unit: PER_CENT,
    fromZero: true,
    lines: [TOP_1],
    main: 'evaluation',
    views: ['compare', 'class'],
  },
  logitStd: {
    text: {
      title: phrase('Spread of the logits'),
      help: () =>
        t(
          'Standard deviation over all logits of the training batch: early in training the network shrinks it, and the dip follows.',
        ),
      formula: () => t('σ = √(mean of (logit − mean)²)'),
      before: () => t('The standard deviation of the logits will appear here, step by step.'),
    },
    axis: phrase('Standard deviation'),
    unit: PLAIN,
    fromZero: true,
    lines: [
      {
        by: 'step',
        scalar: 'logitStd',
        name: phrase('Standard deviation of the logits'),
        reading: phrase('spread'),
        column: 'Standard deviation of the logits',
        colour: 'train',
        width: 1.5,
      },
    ],
    main: 'step',
    views: ['lab', 'compare', 'class'],
  },
} as const satisfies Record<string, MeasureSpec>;

export type MeasureId = keyof typeof MEASURES;
type LabMeasureId = {
  [Id in MeasureId]: 'lab' extends (typeof MEASURES)[Id]['views'][number] ? Id : never;
}[MeasureId];
export type ChartId = Panel | MeasureId;
export type LabChartId = Panel | LabMeasureId;

export const MEASURE_CHARTS = Object.keys(MEASURES) as MeasureId[];
/** Every chart, in the order of the page: panels first. */
export const CHARTS: readonly ChartId[] = [...PANELS, ...MEASURE_CHARTS];

export const isPanel = (chart: ChartId): chart is Panel => (PANELS as readonly string[]).includes(chart);

export const measureSpec = (chart: MeasureId): MeasureSpec => MEASURES[chart];

/** The measure charts that a view shows. */
export const measuresOf = (view: MeasureSpec['views'][number]): MeasureId[] =>
  MEASURE_CHARTS.filter((chart) => measureSpec(chart).views.includes(view));

export const LAB_MEASURES = measuresOf('lab') as LabMeasureId[];
export const LAB_CHARTS: readonly LabChartId[] = [...PANELS, ...LAB_MEASURES];

const PANEL_TEXTS = Object.fromEntries(PANELS.map((panel) => [panel, panelText(panel)])) as Record<
  Panel,
  ChartText
>;

export const isLabChart = (chart: ChartId): chart is LabChartId =>
  (LAB_CHARTS as readonly ChartId[]).includes(chart);

export const chartText = (chart: ChartId): ChartText =>
  isPanel(chart) ? PANEL_TEXTS[chart] : MEASURES[chart].text;

export const unitOf = (chart: ChartId): Unit => (isPanel(chart) ? PLAIN : MEASURES[chart].unit);

const isStepLine = (line: StepLine | EvaluationLine): line is StepLine => line.by === 'step';

/** The first line of a measure chart by step, and its first line by evaluation. */
export function linesOf({ lines }: MeasureSpec): {
  step: StepLine | undefined;
  evaluation: EvaluationLine | undefined;
} {
  return {
    step: lines.find(isStepLine),
    evaluation: lines.find((line): line is EvaluationLine => !isStepLine(line)),
  };
}

/** The values of a line by step, in the unit of its chart; NaN where nothing was recorded. */
export function valuesByStep(
  run: Pick<RunView, 'series'>,
  { scalar }: StepLine,
  { factor }: Unit,
): Float32Array {
  const values = run.series.scalar(scalar);
  return factor === 1 ? values : values.map((value) => value * factor);
}

/** Whether a run has values for a chart. */
export function isDrawn(run: RunView, chart: ChartId): boolean {
  if (isPanel(chart)) return panelCurves(run, chart).length > 0;
  const spec = measureSpec(chart);
  if (spec.main === 'evaluation') return run.evaluations.length > 0;
  return firstFinite(run.series.scalar(linesOf(spec).step!.scalar)) < run.series.count;
}
