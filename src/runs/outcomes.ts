/** The results of a run as single numbers, which can be averaged over seeds and compared. */
import { findDip } from '../instruments/dips';
import { phrase, t } from '../language/language';
import { PANEL_LABELS, PANELS, type Panel } from '../network/curves';
import type { RunState } from './record';
import type { RunEnd } from '../training/protocol';
import type { Spread } from './statistics';

const PLAIN = {
  top1: { label: phrase('Test top-1 (%)'), digits: 2 },
  loss: { label: phrase('Last training loss (nats)'), digits: 4 },
  testLoss: { label: phrase('Test loss (nats)'), digits: 4 },
  imagesPerSecond: { label: phrase('Images/s'), digits: 0 },
} as const;
export type PlainOutcome = keyof typeof PLAIN;

/** The plain outcomes, and for each panel the depth and the step of the last block's dip. */
export type Outcome = PlainOutcome | `dipDepth.${Panel}` | `dipStep.${Panel}`;

export const isPlain = (outcome: Outcome): outcome is PlainOutcome => Object.hasOwn(PLAIN, outcome);
/** What of a dip, and of which panel. */
export const dipPartsOf = (outcome: Exclude<Outcome, PlainOutcome>) =>
  outcome.split('.') as ['dipDepth' | 'dipStep', Panel];

type Measured = Pick<RunState, 'curves' | 'series' | 'evaluations' | 'imagesPerSecond' | 'end'>;

/** The outcomes that runs can have; dips only of the panels for which one of the runs has curves. */
export function outcomesOf(runs: readonly Pick<RunState, 'curves'>[]): Outcome[] {
  const panels = PANELS.filter((panel) =>
    runs.some(({ curves }) => curves.some((curve) => curve.panel === panel)),
  );
  return [
    'top1',
    'loss',
    'testLoss',
    ...panels.flatMap((panel) => [`dipDepth.${panel}`, `dipStep.${panel}`] as const),
    'imagesPerSecond',
  ];
}

/** For axes and tables, with the unit. */
export function outcomeLabel(outcome: Outcome): string {
  if (isPlain(outcome)) return t(PLAIN[outcome].label);
  const [what, of] = dipPartsOf(outcome);
  const panel = t(PANEL_LABELS[of]);
  return what === 'dipDepth'
    ? t('Dip of {{panel}}, last block (%)', { panel })
    : t('Step of the dip of {{panel}}, last block', { panel });
}

/** Digits after the point that the outcome is written with. */
export const outcomeDigits = (outcome: Outcome): number =>
  isPlain(outcome) ? PLAIN[outcome].digits : dipPartsOf(outcome)[0] === 'dipDepth' ? 2 : 1;

/**
 * A run's value: per cent, nats, steps or images per second. Top-1 and test loss are of the last evaluation, the loss of
 * the last training batch, the dip of the mean over the last block's channels. Null where there is none: nothing measured
 * yet, not finite, or no dip (for the depth that is 0 where the panel has curves).
 */
export function outcomeOf(run: Measured, outcome: Outcome): number | null {
  const finite = (value: number | undefined) =>
    value !== undefined && Number.isFinite(value) ? value : null;
  if (!isPlain(outcome)) {
    const [what, panel] = dipPartsOf(outcome);
    const last = run.curves.findLastIndex((curve) => curve.panel === panel);
    if (last < 0 || !run.series.curve(last, 'mean').some(Number.isFinite)) return null;
    const dip = findDip(run.series.curve(last, 'mean'));
    return what === 'dipDepth' ? (dip?.depth ?? 0) * 100 : (dip?.step ?? null);
  }
  const evaluation = run.evaluations.at(-1);
  switch (outcome) {
    case 'top1':
      return evaluation ? finite(evaluation.top1 * 100) : null;
    case 'testLoss':
      return finite(evaluation?.loss);
    case 'loss':
      return finite(run.series.scalar('loss').at(-1));
    case 'imagesPerSecond':
      return run.imagesPerSecond > 0 ? run.imagesPerSecond : null;
    default:
      return outcome satisfies never;
  }
}

/** What is known of a run once it has ended, whether or not its series are in memory. */
export interface Concluded extends Pick<RunState, 'id' | 'experiment'> {
  dataset: { digest: string } | null;
  end: Pick<RunEnd, 'how'> | null;
  outcome: (outcome: Outcome) => number | null;
}

export const concluded = (run: RunState): Concluded => {
  const { id, experiment, dataset, end } = run;
  return { id, experiment, dataset, end, outcome: (outcome) => outcomeOf(run, outcome) };
};

/** Whether a run finished as its settings ask, so that its outcomes describe them. */
export const isComplete = ({ end }: Pick<Concluded, 'end'>): boolean => end?.how === 'finished';

/** "23.41 ± 0.52 (3)"; "–" of no value. */
export function spreadText({ n, mean, deviation }: Spread, digits: number): string {
  if (n === 0) return '–';
  return `${mean.toFixed(digits)}${deviation === null ? '' : ` ± ${deviation.toFixed(digits)}`} (${n})`;
}
