/** Decodes a picture with the browser's decoders and scales it to 32x32 pixels. */
import { message, MessageError } from '../../language/message';
import { averagedPlanes, centralSquare } from '../../data/picture';

/** The picture's central square as IMAGE_BYTES bytes. Throws MessageError if this browser cannot read the picture. */
export async function pixelsOf(file: File): Promise<Uint8Array> {
  if (!file.type.startsWith('image/')) throw new MessageError(message('picture.other', { name: file.name }));
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new MessageError(message('picture.damaged', { name: file.name }));
  }
  try {
    const { x, y, side, drawn } = centralSquare(bitmap.width, bitmap.height);
    const canvas = new OffscreenCanvas(drawn, drawn);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new MessageError(message('picture.noCanvas'));
    // Transparent parts are drawn on white.
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, drawn, drawn);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, x, y, side, side, 0, 0, drawn, drawn);
    return averagedPlanes(context.getImageData(0, 0, drawn, drawn).data, drawn);
  } finally {
    bitmap.close();
  }
}
