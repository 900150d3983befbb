/** Decodes a picture with the browser's own decoders and cuts it down to what the network sees. */
import { inEnglish, phrase } from '../../language/phrase';
import { averagedPlanes, centralSquare } from '../../data/picture';

/** Why a picture cannot be taken; in English until it is shown, because the language may change meanwhile. */
export const PICTURE_PROBLEMS = {
  other: phrase('{{name}} is not a picture. Choose a PNG, JPEG, WebP or GIF file.'),
  damaged: phrase(
    '{{name}} could not be decoded: it is damaged, or of a kind that this browser does not read. PNG, JPEG, WebP and GIF work everywhere.',
  ),
  noCanvas: phrase('This browser gave no canvas to scale the picture on. Reload the page.'),
} as const;

/** The picture's central square as IMAGE_BYTES bytes. Throws Error, for people, where it is no picture that this browser reads. */
export async function pixelsOf(file: File): Promise<Uint8Array> {
  if (!file.type.startsWith('image/'))
    throw new Error(inEnglish(PICTURE_PROBLEMS.other, { name: file.name }));
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(inEnglish(PICTURE_PROBLEMS.damaged, { name: file.name }));
  }
  try {
    const { x, y, side, drawn } = centralSquare(bitmap.width, bitmap.height);
    const canvas = new OffscreenCanvas(drawn, drawn);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error(PICTURE_PROBLEMS.noCanvas);
    // Transparent parts are seen on white, as pages show them.
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, drawn, drawn);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, x, y, side, side, 0, 0, drawn, drawn);
    return averagedPlanes(context.getImageData(0, 0, drawn, drawn).data, drawn);
  } finally {
    bitmap.close();
  }
}
