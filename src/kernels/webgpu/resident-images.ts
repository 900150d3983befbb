/**
 * A data set that stays on the GPU as bytes, and the kernel that makes a batch of it: gathered, cropped, mirrored and
 * normalised, to the same bits as fillBatch. A step then sends two numbers an image.
 */
import { CROP_PADDING, type Window } from '../../data/batch';
import type { Shader, View } from './shader';
import { each } from './wgsl';

/** Images as they are held: planes of red, green and blue, [count, 3, side, side] bytes, in one or several pieces. */
export interface Pixels {
  pieces: readonly Uint8Array[];
  /** Value of each of the 256 bytes, per channel. */
  normalisation: readonly [Float32Array, Float32Array, Float32Array];
}

/** A data set on a device, for as many networks as want it. */
export class HeldImages {
  users = 0;

  private constructor(
    readonly pixels: View,
    readonly normalisation: View,
  ) {}

  /** Copies a data set to the device; null where the device has no room for it in one buffer. */
  static on(device: GPUDevice, { pieces, normalisation }: Pixels): HeldImages | null {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const bytes = Math.ceil(length / 16) * 16;
    if (bytes > Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize)) return null;
    const storage = (size: number, label: string): View => ({
      buffer: device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST, label }),
      offset: 0,
      bytes: size,
    });
    const pixels = storage(bytes, 'data set');
    let at = 0;
    for (const piece of pieces) {
      if (piece.length % 4 !== 0) throw new RangeError('Pieces of a data set are whole words long.');
      device.queue.writeBuffer(pixels.buffer, at, piece as Uint8Array<ArrayBuffer>);
      at += piece.length;
    }
    const table = storage(4 * 3 * 256, 'normalisation');
    normalisation.forEach((values, channel) =>
      device.queue.writeBuffer(table.buffer, 4 * 256 * channel, values as Float32Array<ArrayBuffer>),
    );
    return new HeldImages(pixels, table);
  }

  destroy(): void {
    this.pixels.buffer.destroy();
    this.normalisation.buffer.destroy();
  }
}

/** Numbers of a window on the GPU: its image; mirrored in bit 0, down in bits 1 to 4, right in bits 5 to 8. */
export const WINDOW_WORDS = 2;

/** Windows as gatherImages reads them. */
export function packWindows(windows: readonly Window[]): Uint32Array<ArrayBuffer> {
  const packed = new Uint32Array(WINDOW_WORDS * windows.length);
  windows.forEach(({ index, dx, dy, mirrored }, n) => {
    packed[WINDOW_WORDS * n] = index;
    packed[WINDOW_WORDS * n + 1] = Number(mirrored) | ((dy + CROP_PADDING) << 1) | ((dx + CROP_PADDING) << 5);
  });
  return packed;
}

/** out [batch, side, side, 3] from packed windows; cropped-in padding is the value of byte 0. */
export function gatherImages(
  { batch, side }: { batch: number; side: number },
  { pixels, normalisation }: HeldImages,
  windows: View,
  out: View,
): Shader {
  const plane = side * side;
  return each(
    'gather images',
    batch * plane,
    [
      { view: pixels, name: 'pixels', element: 'u32' },
      { view: normalisation, name: 'normalisation' },
      { view: windows, name: 'windows', element: 'u32' },
      { view: out, name: 'out', write: true },
    ],
    `let n = i / ${plane}u;
  let lie = windows[${WINDOW_WORDS}u * n + 1u];
  let row = (i % ${plane}u) / ${side}u;
  let column = select(i % ${side}u, ${side - 1}u - i % ${side}u, (lie & 1u) == 1u);
  let y = i32(row + ((lie >> 1u) & 15u)) - ${CROP_PADDING};
  let x = i32(column + ((lie >> 5u) & 15u)) - ${CROP_PADDING};
  let inside = y >= 0 && y < ${side} && x >= 0 && x < ${side};
  let first = windows[${WINDOW_WORDS}u * n] * ${3 * plane}u + u32(max(y, 0) * ${side} + max(x, 0));
  for (var c = 0u; c < 3u; c++) {
    let at = first + c * ${plane}u;
    let value = select(0u, (pixels[at >> 2u] >> ((at & 3u) * 8u)) & 255u, inside);
    out[3u * i + c] = normalisation[256u * c + value];
  }`,
  );
}
