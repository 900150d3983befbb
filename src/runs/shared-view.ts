/** A linked result in the form in which charts read a run; values that it does not have are NaN. */
import { experimentFromQuery } from '../experiment/url';
import { PANELS, type Curve, type Panel } from '../network/curves';
import type { Experiment } from '../experiment/settings';
import type { Evaluation } from '../training/protocol';
import type { SeriesView } from './series';
import type { SharedCurve, SharedResult } from './shared-result';
import { joined } from './thin-curve';

export interface SharedView {
  experiment: Experiment;
  /** One per panel, of its last block. */
  curves: readonly Curve[];
  /** The loss, and the curves' means, by straight lines between the points that came. */
  series: SeriesView;
  /** Top-1 wherever it came; loss and top-5 of the last ones. */
  evaluations: readonly Evaluation[];
}

const isPanel = (of: SharedCurve['of']): of is Panel => (PANELS as readonly string[]).includes(of);

/** Curves are computed when they are first read, and cached. */
export function sharedView(result: SharedResult): SharedView {
  const { steps: count, curves: shared } = result;
  const panels = shared.filter(({ of }) => isPanel(of));
  const known = new Map<SharedCurve | null, Float32Array>();
  const line = (curve: SharedCurve | undefined): Float32Array => {
    const key = curve ?? null;
    let values = known.get(key);
    if (!values) {
      values = curve ? joined(curve, count) : new Float32Array(count).fill(NaN);
      known.set(key, values);
    }
    return values;
  };
  return {
    experiment: experimentFromQuery(result.query).experiment,
    curves: panels.map(({ of, layer, kind }) => {
      return { panel: of as Panel, layer, copy: 0, parameter: '', kind, channels: 1 };
    }),
    series: {
      count,
      scalar: (name) => line(name === 'loss' ? shared.find(({ of }) => of === 'loss') : undefined),
      curve: (k, statistic) => line(statistic === 'mean' ? panels[k] : undefined),
    },
    evaluations: evaluationsOf(result),
  };
}

function evaluationsOf({ curves, evaluations }: SharedResult): Evaluation[] {
  const curve = curves.find(({ of }) => of === 'testAccuracy');
  const all = new Map<number, Evaluation>();
  curve?.steps.forEach((step, i) =>
    all.set(step, { step, images: 0, loss: NaN, top1: curve.values[i]!, top5: NaN }),
  );
  for (const evaluation of evaluations)
    all.set(evaluation.step, { ...evaluation, loss: evaluation.loss ?? NaN });
  return [...all.values()].toSorted((a, b) => a.step - b.step);
}
