/** The contact sheet of the built-in set as a page: every class with its name and images of each difficulty. */
import { builtinDataset } from '../../src/data/builtin/builtin';
import type { Difficulty } from '../../src/data/builtin/levels';
import { IMAGE_BYTES, IMAGE_PIXELS, type ImageSet } from '../../src/data/dataset';

/** Number of images shown per class, by difficulty. */
const SHOWN: readonly [Difficulty, number][] = [
  ['easy', 1],
  ['medium', 2],
  ['hard', 1],
];

const STYLE = `
  body { margin: 0; padding: 14px; width: 972px; background: #fff; color: #222; font: 9px system-ui, sans-serif }
  .sheet { columns: 2; column-gap: 14px }
  section { break-inside: avoid; margin-bottom: 8px }
  h2 { font-size: 11px; margin: 0 0 3px }
  .row { display: flex; justify-content: space-between }
  figure { margin: 0; width: 92px }
  figcaption { white-space: nowrap; line-height: 11px; font-size: 8.5px; letter-spacing: -0.25px }
  canvas { width: 44px; height: 44px; margin: 0 2px 2px 0; image-rendering: pixelated; display: inline-block }
  .images { line-height: 0 }
`;

const PAINT = `
  for (const canvas of document.querySelectorAll('canvas')) {
    const bytes = Uint8ClampedArray.from(atob(canvas.dataset.rgba), (c) => c.charCodeAt(0));
    canvas.width = canvas.height = 32;
    canvas.getContext('2d').putImageData(new ImageData(bytes, 32), 0, 0);
  }
`;

/** HTML that paints the sheet from the first training images of every class. */
export async function contactSheet(): Promise<string> {
  const sets = await Promise.all(SHOWN.map(([level]) => builtinDataset(level)));
  const { coarseNames, fineNames, train } = sets[0]!;
  const families = coarseNames.map((family, coarse) => {
    const figures = fineNames.map((name, fine) => {
      const indices = [...train.fine.keys()].filter((i) => train.fine[i] === fine);
      if (train.coarse[indices[0]!] !== coarse) return '';
      const images = SHOWN.flatMap(([, count], at) =>
        indices.slice(0, count).map((i) => `<canvas data-rgba="${rgba(sets[at]!.train, i)}"></canvas>`),
      );
      return `<figure><div class="images">${images.join('')}</div><figcaption>${name}</figcaption></figure>`;
    });
    return `<section><h2>${family}</h2><div class="row">${figures.join('')}</div></section>`;
  });
  return `<style>${STYLE}</style><div class="sheet">${families.join('')}</div><script>${PAINT}</script>`;
}

function rgba({ images }: ImageSet, index: number): string {
  const out = new Uint8Array(4 * IMAGE_PIXELS).fill(255);
  for (let c = 0; c < 3; c++) {
    const from = index * IMAGE_BYTES + c * IMAGE_PIXELS;
    for (let p = 0; p < IMAGE_PIXELS; p++) out[4 * p + c] = images[from + p]!;
  }
  return Buffer.from(out).toString('base64');
}
