/**
 * Judges which candidate causes of an early dip the measurements of a run support. The comment of each cause states its
 * criterion; if none is met, the verdict is that the measurements do not decide.
 */
import type { Experiment } from '../experiment/settings';
import { clauses, sentences } from '../language/join';
import { phrase, t } from '../language/language';
import { PANEL_LABELS, type Curve } from '../network/curves';
import type { NetworkPlan } from '../network/plan';
import { findDip } from './dips';
import { firstFinite } from './finite-range';
import { rotates } from './laws';
import type { InstrumentSeries } from './series';
import { decayPrediction, growthPerLayer } from './theory';

export type CauseId = 'decay' | 'rotation' | 'growth' | 'logits';

export type Finding = 'supported' | 'excluded' | 'undecided';

export const FINDING_LABELS: Record<Finding, string> = {
  supported: phrase('supported'),
  excluded: phrase('excluded'),
  undecided: phrase('undecided'),
};

/** The findings in the reader’s language. */
export const findingsInWords = (): Record<Finding, string> => ({
  supported: t(FINDING_LABELS.supported),
  excluded: t(FINDING_LABELS.excluded),
  undecided: t(FINDING_LABELS.undecided),
});

/** In the reader’s language, as is the verdict. */
export interface Cause {
  id: CauseId;
  title: string;
  finding: Finding;
  /** The numbers that the finding is based on, as a sentence. */
  evidence: string;
}

export interface Verdict {
  /** One line. */
  text: string;
  causes: Cause[];
}

/** What the verdict reads of a run. */
export interface MeasuredRun {
  experiment: Experiment;
  plan: NetworkPlan | null;
  curves: readonly Curve[];
  /** The mean over channels of a curve, step by step. */
  mean: (curve: number) => Float32Array;
  scalar: (name: 'lr' | 'logitStd') => Float32Array;
  instruments: InstrumentSeries;
}

/** Dips shallower than this share of the start are not judged. */
const LEAST_DEPTH = 0.05;
/** Growth factor of the activations per layer from which on cause (iii) is supported. */
const GROWTH = 1.3;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

interface Target {
  curve: Curve;
  index: number;
  step: number;
  depth: number;
}

/** The deepest dip of the last layer that has curves. */
function deepest({ curves, mean }: MeasuredRun): Target | null {
  const last = Math.max(...curves.map(({ layer }) => layer));
  let best: Target | null = null;
  curves.forEach((curve, index) => {
    if (curve.layer !== last) return;
    const dip = findDip(mean(index));
    if (dip && dip.depth > (best?.depth ?? 0)) best = { curve, index, step: dip.step, depth: dip.depth };
  });
  return best;
}

/** (i) Supported where decay alone, exp(−λ·Ση/(1 − μ)), makes at least half of the fall by the dip's step. */
function decay(run: MeasuredRun, { curve, step, depth }: Target): Cause {
  const { wd, momentum, decayScales, scaleLr } = run.experiment;
  const onIdentity = curve.panel === 'identity';
  const decays =
    wd > 0 &&
    (curve.kind === 'gamma'
      ? onIdentity
      : decayScales === 'all' || (decayScales === 'identity' && onIdentity));
  const title = t('Decay on the scales');
  if (!decays) {
    return {
      id: 'decay',
      title,
      finding: 'excluded',
      evidence: t('No weight decay acts on this parameter.'),
    };
  }
  const lr = run.scalar('lr').map((value) => value * (curve.kind === 'scale' ? scaleLr : 1));
  const predicted = 1 - Math.sqrt(decayPrediction(lr, wd, momentum)[step]!);
  const share = t('Decay alone would have taken {{predicted}} by step {{step}}; the fall is {{depth}}.', {
    predicted: percent(predicted),
    step,
    depth: percent(depth),
  });
  return { id: 'decay', title, finding: predicted >= depth / 2 ? 'supported' : 'excluded', evidence: share };
}

/** (ii) Supported where the layer's Σ s² stays (its root within a quarter of the fall) while another branch rises by a quarter of the fall or more. */
function rotation(run: MeasuredRun, { curve, step, depth }: Target): Cause {
  const title = t('Rotation between the branches');
  const block = run.plan?.blocks[curve.layer];
  if (!block || curve.kind !== 'scale' || !rotates(block)) {
    return {
      id: 'rotation',
      title,
      finding: 'excluded',
      evidence: t(
        'Only learned scales before a common batch norm are bound to a constant Σ s²; this is none.',
      ),
    };
  }
  const others = run.curves.flatMap((other, k) =>
    other.layer === curve.layer && other.kind === 'scale' ? [{ other, values: run.mean(k) }] : [],
  );
  const at = (index: number) => others.reduce((sum, { values }) => sum + values[index]! ** 2, 0);
  const first = firstFinite(others[0]!.values);
  const change = Math.sqrt(at(step) / at(first)) - 1;
  const rise = Math.max(...others.map(({ values }) => values[step]! / values[first]! - 1));
  return {
    id: 'rotation',
    title,
    finding: Math.abs(change) < depth / 4 && rise >= depth / 4 ? 'supported' : 'excluded',
    evidence: t(
      'At step {{step}} the length of the layer’s mean scales had changed by {{change}}, and the branch that rose most by {{rise}}.',
      { step, change: percent(change), rise: percent(rise) },
    ),
  };
}

/** (iii) Supported where the activations of the first measured step grow by a factor of 1.3 or more from layer to layer. */
function growth({ instruments }: MeasuredRun): Cause {
  const title = t('Growth of the activations with depth');
  const columns = instruments.find('rms');
  if (columns.length < 2 || instruments.count === 0) {
    return {
      id: 'growth',
      title,
      finding: 'undecided',
      evidence: t('The activations by depth were not measured: switch that instrument on.'),
    };
  }
  const rms = columns.map((k) => instruments.column(k)[0]!);
  const factor = growthPerLayer(rms);
  const step = instruments.steps[0]!;
  const values = {
    step,
    first: rms[0]!.toPrecision(3),
    last: rms.at(-1)!.toPrecision(3),
    layers: rms.length,
    factor: factor.toFixed(2),
  };
  return {
    id: 'growth',
    title,
    finding: factor >= GROWTH ? 'supported' : 'excluded',
    evidence:
      step > 0
        ? t(
            'At step {{step}} the RMS goes from {{first}} to {{last}} over {{layers}} layers, ×{{factor}} a layer.',
            values,
          )
        : t(
            'Before the first step the RMS goes from {{first}} to {{last}} over {{layers}} layers, ×{{factor}} a layer.',
            values,
          ),
  };
}

/**
 * (iv) Supported where the logits' standard deviation falls by 30 % or more within one and a half times the way from the
 * run's first step to the dip (and ten more), and the last layer dips at least one and a half times as deep as any other layer of its branch.
 */
function logits(run: MeasuredRun, { curve, step, depth }: Target): Cause {
  const title = t('Shrinking the first logits');
  const std = run.scalar('logitStd');
  const first = firstFinite(std);
  const until = Math.min(std.length, first + Math.ceil(1.5 * (step - first)) + 10);
  let lowest = first;
  for (let i = first + 1; i < until; i++) if (std[i]! < std[lowest]!) lowest = i;
  const fall = 1 - std[lowest]! / std[first]!;
  const elsewhere = run.curves.map((other, k) =>
    other.panel === curve.panel && other.layer !== curve.layer
      ? (findDip(run.mean(k).subarray(0, until))?.depth ?? 0)
      : 0,
  );
  const next = Math.max(0, ...elsewhere);
  const supported = fall >= 0.3 && depth >= 1.5 * next;
  return {
    id: 'logits',
    title,
    finding: supported ? 'supported' : fall < 0.15 ? 'excluded' : 'undecided',
    evidence: t(
      'The logits’ standard deviation falls from {{start}} by {{fall}} to step {{step}}; the last block dips by {{depth}}, no other layer of the branch by more than {{next}} by then.',
      {
        start: std[first]!.toFixed(2),
        fall: percent(fall),
        step: lowest,
        depth: percent(depth),
        next: percent(next),
      },
    ),
  };
}

/** Judges a run; null where it has no curve or nothing recorded yet. */
export function judge(run: MeasuredRun): Verdict | null {
  if (run.curves.length === 0 || run.scalar('lr').length === 0) return null;
  const target = deepest(run);
  if (!target || target.depth < LEAST_DEPTH) {
    const none = t('No dip of 5 % or more in the last block: nothing to explain.');
    const text = target
      ? sentences(none, t('The deepest is {{depth}}.', { depth: percent(target.depth) }))
      : none;
    return { text, causes: [] };
  }
  const causes = [decay(run, target), rotation(run, target), growth(run), logits(run, target)];
  const found = causes.filter(({ finding }) => finding === 'supported');
  const what = t('{{branch}} of the last block falls by {{depth}} to step {{step}}.', {
    branch: t(PANEL_LABELS[target.curve.panel]),
    depth: percent(target.depth),
    step: target.step,
  });
  const names = clauses(found.map(({ title }) => title.toLowerCase()));
  const why =
    found.length === 0
      ? t('The measurements do not decide why.')
      : found.length === 1
        ? t('The measurements support: {{cause}}.', { cause: names })
        : t('The measurements support more than one cause and do not decide between them: {{causes}}.', {
            causes: names,
          });
  return { text: sentences(what, why), causes };
}
