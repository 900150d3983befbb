/** Where the time of one training step goes, in milliseconds. */
export interface StepProfile {
  /** Getting the images to where they are computed with. */
  input: number;
  forward: number;
  backward: number;
  update: number;
  /** Loss and logits back. */
  readBack: number;
  /** Of a GPU: the processor's share of the step, recording and submitting commands. */
  encode: number;
  /** Of a GPU that tells: from its first kernel's start to its last one's end, by its own clock. */
  kernels: number | null;
}
