/**
 * Reads QR codes from photographs and from the camera: with the browser's detector if it works, else with a library
 * loaded on demand.
 */

interface NativeDetector {
  detect(image: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}
interface NativeDetectorClass {
  new (options: { formats: string[] }): NativeDetector;
  getSupportedFormats(): Promise<string[]>;
}

let native: Promise<NativeDetector | null> | null = null;

const nativeDetector = (): Promise<NativeDetector | null> => (native ??= makeNative());

async function makeNative(): Promise<NativeDetector | null> {
  const { BarcodeDetector: Detector } = globalThis as { BarcodeDetector?: NativeDetectorClass };
  try {
    if (!Detector || !(await Detector.getSupportedFormats()).includes('qr_code')) return null;
    return new Detector({ formats: ['qr_code'] });
  } catch {
    return null;
  }
}

/** Time limit in ms for one scale of a picture. */
export const PATIENCE = { photograph: 1500, frame: 60 } as const;
/**
 * Lengths in px of the longer side at which a photograph is tried: some codes are found at one scale and missed at
 * others.
 */
const SIDES = [1200, 2000, 800];
const FRAME_SIDES = [1000];

/** The texts of all codes in a picture; empty if none can be read. */
export async function codesIn(
  image: ImageBitmap | HTMLVideoElement,
  kind: keyof typeof PATIENCE,
): Promise<string[]> {
  const detector = await nativeDetector();
  if (detector) {
    try {
      const found = await detector.detect(image);
      if (found.length > 0) return found.map(({ rawValue }) => rawValue);
    } catch {
      // Some systems offer a detector that then fails; the library below works everywhere.
    }
  }
  const { decodeQR } = await import('qr/decode.js');
  const [width, height] =
    image instanceof HTMLVideoElement ? [image.videoWidth, image.videoHeight] : [image.width, image.height];
  if (width === 0 || height === 0) return [];
  const longer = Math.max(width, height);
  const scales = new Set((kind === 'frame' ? FRAME_SIDES : SIDES).map((side) => Math.min(1, side / longer)));
  for (const scale of scales) {
    const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) return [];
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
    try {
      return [decodeQR(pixels, { effort: kind === 'frame' ? 1 : 3, timeLimit: PATIENCE[kind] })];
    } catch {
      // No code at this scale.
    }
  }
  return [];
}
