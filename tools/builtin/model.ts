/** What the learning curves need of a classifier, whatever computes it. */

export interface Model {
  /** Trains on one batch [n, 32, 32, 3]; returns its logits before the update. */
  step(images: Float32Array, classes: Uint8Array, lr: number): Promise<Float32Array>;
  /** Logits [n, classes]. */
  logits(images: Float32Array): Promise<Float32Array>;
}
