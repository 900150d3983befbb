/** Constants of every batch norm: PyTorch's defaults. */

/** ε, added to the variance. */
export const BATCH_NORM_EPSILON = 1e-5;
/** Weight of a batch in the running statistics (PyTorch's `momentum`). */
export const RUNNING_MOMENTUM = 0.1;
