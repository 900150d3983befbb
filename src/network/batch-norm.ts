/** What every batch norm of the lab has, PyTorch's defaults. */

/** ε under the root. */
export const BATCH_NORM_EPSILON = 1e-5;
/** Weight of a batch in the running statistics. */
export const RUNNING_MOMENTUM = 0.1;
