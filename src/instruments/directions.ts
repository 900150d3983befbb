/** Splits the update of a kernel into a radial part, which changes its norm, and a tangential part, which rotates it. */
import { channelDots, difference, mean } from './channel-products';

export interface Direction {
  /** ⟨ΔW, W⟩/‖W‖² of an output channel, mean over channels. */
  radial: number;
  /** ‖ΔW − its part along W‖/‖W‖ of an output channel, RMS over channels: for small steps the angle of rotation in radians. */
  tangential: number;
}

/** Splits the update from `before` to `after`, kernels of `channels` output channels. Channels with a zero kernel are skipped; NaN if all are zero. */
export function directionOf(before: Float32Array, after: Float32Array, channels: number): Direction {
  const update = difference(after, before);
  const along = channelDots(update, before, channels);
  const squares = channelDots(before, before, channels);
  const moved = channelDots(update, update, channels);
  let radial = 0;
  let across = 0;
  let counted = 0;
  for (let c = 0; c < channels; c++) {
    const square = squares[c]!;
    if (square === 0) continue;
    counted++;
    radial += along[c]! / square;
    across += Math.max(0, moved[c]! - along[c]! ** 2 / square) / square;
  }
  return { radial: radial / counted, tangential: Math.sqrt(across / counted) };
}

/** Angle in degrees between the output channels of two kernels, mean over channels; zero channels count as 0. */
export function angleBetween(a: Float32Array, b: Float32Array, channels: number): number {
  const products = channelDots(a, b, channels);
  const squares = channelDots(a, a, channels);
  const others = channelDots(b, b, channels);
  return mean(
    products.map((product, c) => {
      const size = Math.sqrt(squares[c]! * others[c]!);
      return size === 0 ? 0 : (Math.acos(Math.max(-1, Math.min(1, product / size))) * 180) / Math.PI;
    }),
  );
}
