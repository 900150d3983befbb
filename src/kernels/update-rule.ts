/** The update rule of a parameter, for backends whose kernels include the optimiser; see src/training/optimiser.ts. */
export interface UpdateRule {
  /** Factor of the learning rate. */
  lrFactor: number;
  /** Weight decay. */
  decay: number;
  /** Factors of the gradient, elementwise, in the layout of the plan; null for none. */
  gradientFactors: Float32Array | null;
}

/** The settings of a training step, apart from the network. */
export interface StepSettings {
  /** Images per step. */
  batch: number;
  momentum: number;
  nesterov: boolean;
  /** Label smoothing, 0 … 1. */
  smoothing: number;
  /** Update rule per parameter name; null for a network that is only evaluated. */
  rules: ReadonlyMap<string, UpdateRule> | null;
}
