/** The learning curves as a page with one figure: accuracy on the test images by epoch. */
import type { Difficulty } from '../../src/data/builtin/levels';
import type { ModelName, Point } from './curves';

export interface Curve {
  model: ModelName;
  difficulty: Difficulty;
  seed: number;
  points: readonly Point[];
}

const WIDTH = 490;
const HEIGHT = 260;
const LEFT = 40;
const TOP = 28;
const PLOT_WIDTH = 270;
const PLOT_HEIGHT = 190;

const PANELS = [
  { title: 'Class (100; chance 1 %)', of: (point: Point) => point.testTop1 },
  { title: 'Superclass (20; chance 5 %)', of: (point: Point) => point.testCoarse },
];
const NAMES: Record<ModelName, string> = { resnet: 'ResNet-20', linear: 'linear' };
const COLOURS = ['#1f5fbf', '#d1495b', '#7a3fa0'];

/** HTML of two panels, one for classes and one for superclasses, each with every curve. */
export function figure(curves: readonly Curve[]): string {
  const epochs = Math.max(...curves.flatMap(({ points }) => points.map(({ epoch }) => epoch)));
  const x = (epoch: number) => LEFT + (PLOT_WIDTH * epoch) / epochs;
  const y = (share: number) => TOP + PLOT_HEIGHT * (1 - share);
  const panels = PANELS.map(({ title, of }) => {
    const rows = [0, 0.25, 0.5, 0.75, 1].map(
      (share) =>
        `<line x1="${LEFT}" x2="${x(epochs)}" y1="${y(share)}" y2="${y(share)}" stroke="#ddd"/>` +
        `<text x="${LEFT - 6}" y="${y(share) + 4}" text-anchor="end">${100 * share} %</text>`,
    );
    const columns = Array.from(
      { length: Math.floor(epochs / 2) + 1 },
      (_, i) => `<text x="${x(2 * i)}" y="${y(0) + 16}" text-anchor="middle">${2 * i}</text>`,
    );
    const lines = curves.map(({ model, difficulty, points }, i) => {
      const path = points.map((point) => `${x(point.epoch)},${y(of(point))}`).join(' ');
      const last = points.at(-1)!;
      const share = (100 * of(last)).toFixed(1);
      return (
        `<polyline points="${path}" fill="none" stroke="${COLOURS[i]}" stroke-width="2"/>` +
        `<text x="${x(last.epoch) + 6}" y="${y(of(last)) + 4}" fill="${COLOURS[i]}">` +
        `${NAMES[model]}, ${difficulty}: ${share} %</text>`
      );
    });
    return (
      `<svg width="${WIDTH}" height="${HEIGHT}"><text x="${LEFT}" y="16" font-weight="600">${title}</text>` +
      `${rows.join('')}${columns.join('')}${lines.join('')}` +
      `<text x="${x(epochs / 2)}" y="${y(0) + 34}" text-anchor="middle">epochs of 10,000 images</text></svg>`
    );
  });
  return `<style>body { margin: 0; padding: 8px; width: ${2 * WIDTH}px; background: #fff; white-space: nowrap }
svg { font: 11px system-ui, sans-serif }</style>${panels.join('')}`;
}
