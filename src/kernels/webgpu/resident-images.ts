/**
 * A data set resident on the GPU as bytes, and the kernel that gathers a batch: cropped, mirrored and normalised to the
 * same bits as fillBatch. A step then uploads two numbers per image.
 */
import { CROP_PADDING, type Window } from '../../data/batch';
import type { Shader, View } from './shader';
import { each } from './wgsl';

/** Resident images: planes of red, green and blue, [count, 3, side, side] bytes, in one or several buffers. */
export interface Pixels {
  pieces: readonly Uint8Array[];
  /** Normalised value of each of the 256 bytes, per channel. */
  normalisation: readonly [Float32Array, Float32Array, Float32Array];
}

/** A data set on a device, shared by any number of networks. */
export class ResidentImages {
  users = 0;

  private constructor(
    readonly pixels: View,
    readonly normalisation: View,
  ) {}

  /** Copies a data set to the device; null if it does not fit into one buffer. */
  static on(device: GPUDevice, { pieces, normalisation }: Pixels): ResidentImages | null {
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
    return new ResidentImages(pixels, table);
  }

  destroy(): void {
    this.pixels.buffer.destroy();
    this.normalisation.buffer.destroy();
  }
}

/** Words of a window on the GPU: image index; bit 0 mirrored, bits 1 to 4 down, bits 5 to 8 right. */
export const WINDOW_WORDS = 2;

/** Packs windows for gatherImages. */
export function packWindows(windows: readonly Window[]): Uint32Array<ArrayBuffer> {
  const packed = new Uint32Array(WINDOW_WORDS * windows.length);
  windows.forEach(({ index, dx, dy, mirrored }, n) => {
    packed[WINDOW_WORDS * n] = index;
    packed[WINDOW_WORDS * n + 1] = Number(mirrored) | ((dy + CROP_PADDING) << 1) | ((dx + CROP_PADDING) << 5);
  });
  return packed;
}

/** out [batch, side, side, 3] from packed windows; padding has the value of byte 0. */
export function gatherImages(
  { batch, side }: { batch: number; side: number },
  { pixels, normalisation }: ResidentImages,
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
