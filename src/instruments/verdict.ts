/**
 * Which of the candidate causes of an early dip a run's measurements support. Every cause is judged by a criterion that
 * is written beside it; where none holds, the verdict says that the measurements do not decide.
 */
import type { Experiment } from '../experiment/settings';
import { PANEL_LABELS, type Curve } from '../network/curves';
import type { NetworkPlan } from '../network/plan';
import { findDip } from './dips';
import { firstFinite } from './gaps';
import { rotates } from './laws';
import type { InstrumentSeries } from './series';
import { decayPrediction, growthPerLayer } from './theory';

export type CauseId = 'decay' | 'rotation' | 'growth' | 'logits';

export interface Cause {
  id: CauseId;
  title: string;
  finding: 'supported' | 'excluded' | 'undecided';
  /** The numbers behind it, in a sentence. */
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

/** A dip shallower than this share of the start is not one to explain. */
const LEAST_DEPTH = 0.05;
/** Growth of the activations a layer from which on it is called growth. */
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
  const title = 'Decay on the scales';
  if (!decays) {
    return { id: 'decay', title, finding: 'excluded', evidence: 'No weight decay acts on this parameter.' };
  }
  const lr = run.scalar('lr').map((value) => value * (curve.kind === 'scale' ? scaleLr : 1));
  const predicted = 1 - Math.sqrt(decayPrediction(lr, wd, momentum)[step]!);
  const share = `Decay alone would have taken ${percent(predicted)} by step ${step}; the fall is ${percent(depth)}.`;
  return { id: 'decay', title, finding: predicted >= depth / 2 ? 'supported' : 'excluded', evidence: share };
}

/** (ii) Supported where the layer's Σ s² stays (its root within a quarter of the fall) while another branch rises by a quarter of the fall or more. */
function rotation(run: MeasuredRun, { curve, step, depth }: Target): Cause {
  const title = 'Rotation between the branches';
  const block = run.plan?.blocks[curve.layer];
  if (!block || curve.kind !== 'scale' || !rotates(block)) {
    return {
      id: 'rotation',
      title,
      finding: 'excluded',
      evidence: 'Only learned scales before a common batch norm are bound to a constant Σ s²; this is none.',
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
    evidence: `At step ${step} the length of the layer’s mean scales had changed by ${percent(change)}, and the branch that rose most by ${percent(rise)}.`,
  };
}

/** (iii) Supported where the activations of the first measured step grow by a factor of 1.3 or more from layer to layer. */
function growth({ instruments }: MeasuredRun): Cause {
  const title = 'Growth of the activations with depth';
  const columns = instruments.find('rms');
  if (columns.length < 2 || instruments.count === 0) {
    return {
      id: 'growth',
      title,
      finding: 'undecided',
      evidence: 'The activations by depth were not measured: switch that instrument on.',
    };
  }
  const rms = columns.map((k) => instruments.column(k)[0]!);
  const factor = growthPerLayer(rms);
  const start = instruments.steps[0]!;
  return {
    id: 'growth',
    title,
    finding: factor >= GROWTH ? 'supported' : 'excluded',
    evidence: `${start > 0 ? `At step ${start}` : 'Before the first step'} the RMS goes from ${rms[0]!.toPrecision(3)} to ${rms.at(-1)!.toPrecision(3)} over ${rms.length} layers, ×${factor.toFixed(2)} a layer.`,
  };
}

/**
 * (iv) Supported where the logits' standard deviation falls by 30 % or more within one and a half times the way from the
 * run's first step to the dip (and ten more), and the last layer dips at least one and a half times as deep as any other layer of its branch.
 */
function logits(run: MeasuredRun, { curve, step, depth }: Target): Cause {
  const title = 'Shrinking the first logits';
  const std = run.scalar('logitStd');
  const first = firstFinite(std);
  const until = Math.min(std.length, first + Math.ceil(1.5 * (step - first)) + 10);
  let lowest = first;
  for (let t = first + 1; t < until; t++) if (std[t]! < std[lowest]!) lowest = t;
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
    evidence: `The logits’ standard deviation falls from ${std[first]!.toFixed(2)} by ${percent(fall)} to step ${lowest}; the last block dips by ${percent(depth)}, no other layer of the branch by more than ${percent(next)} by then.`,
  };
}

/** Judges a run; null where it has no curve or nothing recorded yet. */
export function judge(run: MeasuredRun): Verdict | null {
  if (run.curves.length === 0 || run.scalar('lr').length === 0) return null;
  const target = deepest(run);
  if (!target || target.depth < LEAST_DEPTH) {
    const depth = target ? ` The deepest is ${percent(target.depth)}.` : '';
    return { text: `No dip of 5 % or more in the last block: nothing to explain.${depth}`, causes: [] };
  }
  const causes = [decay(run, target), rotation(run, target), growth(run), logits(run, target)];
  const found = causes.filter(({ finding }) => finding === 'supported');
  const what = `${PANEL_LABELS[target.curve.panel]} of the last block falls by ${percent(target.depth)} to step ${target.step}.`;
  const names = found.map(({ title }) => title.toLowerCase());
  const text =
    found.length === 0
      ? `${what} The measurements do not decide why.`
      : found.length === 1
        ? `${what} The measurements support: ${names[0]}.`
        : `${what} The measurements support more than one cause and do not decide between them: ${names.join('; ')}.`;
  return { text, causes };
}
