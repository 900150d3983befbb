/** Where a network's activations grew, as a message. */
import { message, type Message } from '../../language/message';

const shown = (value: number) => value.toPrecision(3);

/** Says which layer's output grew most. `rms` is each layer's root mean square, first layer first. */
export function describeGrowth(step: number, rms: readonly number[]): Message {
  const broken = rms.findIndex((value) => !Number.isFinite(value));
  if (broken === 0) return message('growth.notFiniteAtOnce', { step });
  if (broken > 0)
    return message('growth.notFinite', {
      step,
      layer: broken + 1,
      before: broken,
      rms: shown(rms[broken - 1]!),
    });
  let grew = 0;
  for (let i = 1; i < rms.length; i++) {
    if (rms[i]! / rms[i - 1]! > (grew === 0 ? rms[0]! : rms[grew]! / rms[grew - 1]!)) grew = i;
  }
  const values = { step, layer: grew + 1, rms: shown(rms[grew]!), last: shown(rms.at(-1)!) };
  return grew === 0
    ? message('growth.grewAtOnce', values)
    : message('growth.grew', { ...values, from: shown(rms[grew - 1]!), before: grew });
}
