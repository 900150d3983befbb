/**
 * The scalars that are recorded of every training step, each for the batch that the step trains on and before its update.
 * The order is that of the columns in the history's store and in recordings: another scalar goes to the end, with a migration of both.
 */

interface ScalarFormat {
  /** Whether files store it exactly, so that two trainings can be compared; others are rounded to 7 digits. */
  exact: boolean;
  /** Whether run records that lack it are valid: it was recorded later than the first version. */
  optional: boolean;
}

const FORMATS = {
  /** Cross-entropy in nats, mean over the batch. */
  loss: { exact: true, optional: false },
  /** Share of the batch whose largest logit is the right class, 0 … 1. */
  accuracy: { exact: false, optional: false },
  /** Learning rate of the step's update. */
  lr: { exact: false, optional: false },
  /** Standard deviation over all logits of the batch. */
  logitStd: { exact: false, optional: false },
  /** ‖logits of an image‖₂, mean over the batch. */
  logitNorm: { exact: false, optional: true },
} satisfies Record<string, ScalarFormat>;

export type Scalar = keyof typeof FORMATS;

export const SCALARS = Object.keys(FORMATS) as Scalar[];

export const scalarFormat = (name: Scalar): ScalarFormat => FORMATS[name];

/** Makes a value for every scalar. */
export const forScalars = <T>(valueOf: (name: Scalar) => T): Record<Scalar, T> =>
  Object.fromEntries(SCALARS.map((name) => [name, valueOf(name)])) as Record<Scalar, T>;
