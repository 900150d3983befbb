/** Which curves of a run belong to a panel. */
import type { Curve, Panel } from '../network/curves';

/** Indices of a panel's curves, first layer first. */
export const layersOfPanel = (curves: readonly Curve[], panel: Panel): number[] =>
  curves.flatMap((curve, k) => (curve.panel === panel ? [k] : []));
