/** Where a network's activations grew, said in a sentence. */

/** Which layer's output grew most, in a sentence. `rms` is each layer's root mean square, first layer first. */
export function describeGrowth(step: number, rms: readonly number[]): string {
  const shown = (value: number) => (Number.isFinite(value) ? value.toPrecision(3) : 'not finite');
  const advice = 'Lower the learning rate or the factor, or use a norm.';
  const broken = rms.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    const before = broken === 0 ? 'the image' : `layer ${broken}, whose RMS is ${shown(rms[broken - 1]!)}`;
    return `The loss stopped being finite at step ${step}: the activations of layer ${broken + 1} are not finite, after ${before}. ${advice}`;
  }
  let grew = 0;
  for (let i = 1; i < rms.length; i++) {
    if (rms[i]! / rms[i - 1]! > (grew === 0 ? rms[0]! : rms[grew]! / rms[grew - 1]!)) grew = i;
  }
  const from = grew === 0 ? '1 in the image' : `${shown(rms[grew - 1]!)} in layer ${grew}`;
  return `The loss stopped being finite at step ${step}. The activations grew most in layer ${grew + 1}: RMS ${shown(rms[grew]!)}, from ${from}; the last layer’s is ${shown(rms.at(-1)!)}. ${advice}`;
}
