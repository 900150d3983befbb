/** How a parameter is updated, for the kernels that have the optimiser in them: see training/optimiser. */
export interface UpdateRule {
  /** What multiplies the learning rate. */
  lrFactor: number;
  decay: number;
  /** What multiplies the gradient, number by number, in the plan's layout; null where nothing does. */
  gradientFactors: Float32Array | null;
}

/** What a training step needs to know besides the network. */
export interface StepSettings {
  /** Images of a step. */
  batch: number;
  momentum: number;
  nesterov: boolean;
  /** Label smoothing, 0 … 1. */
  smoothing: number;
  /** By parameter; null for a network that is only evaluated. */
  rules: ReadonlyMap<string, UpdateRule> | null;
}
