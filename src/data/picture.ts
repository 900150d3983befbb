/** Converts any picture into an image of a data set by averaging its pixels to 32x32. */
import { IMAGE_BYTES, IMAGE_PIXELS, IMAGE_SIDE } from './dataset';

/** The largest square that a picture is scaled to before it is averaged. */
const LARGEST = 16 * IMAGE_SIDE;

/** The central square of a picture, and the side, a multiple of IMAGE_SIDE, to draw it at before it is averaged. */
export function centralSquare(width: number, height: number) {
  const side = Math.min(width, height);
  return {
    x: Math.floor((width - side) / 2),
    y: Math.floor((height - side) / 2),
    side,
    drawn: Math.min(LARGEST, Math.max(IMAGE_SIDE, side - (side % IMAGE_SIDE))),
  };
}

/** Averages an opaque RGBA square, whose side is a multiple of IMAGE_SIDE, to planes of red, green and blue. */
export function averagedPlanes(rgba: Uint8ClampedArray, side: number): Uint8Array {
  const block = side / IMAGE_SIDE;
  const sums = new Float64Array(IMAGE_BYTES);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const to = Math.floor(y / block) * IMAGE_SIDE + Math.floor(x / block);
      const from = 4 * (y * side + x);
      for (let c = 0; c < 3; c++) sums[c * IMAGE_PIXELS + to]! += rgba[from + c]!;
    }
  }
  return Uint8Array.from(sums, (sum) => Math.round(sum / (block * block)));
}

/** Planes of red, green and blue as opaque RGBA, for a canvas. */
export function toRgba(planes: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * IMAGE_PIXELS).fill(255);
  for (let p = 0; p < IMAGE_PIXELS; p++)
    for (let c = 0; c < 3; c++) rgba[4 * p + c] = planes[c * IMAGE_PIXELS + p]!;
  return rgba;
}
