/** Where the time of one training step goes, in milliseconds. */
export interface StepProfile {
  /** Copying the images to the memory of the kernels. */
  input: number;
  forward: number;
  backward: number;
  update: number;
  /** Reading back loss and logits. */
  readBack: number;
  /** On WebGPU: time on the processor to record and submit the commands. 0 elsewhere. */
  encode: number;
  /** From the start of the first shader to the end of the last one, by the GPU's clock; null without such a clock. */
  kernels: number | null;
}
