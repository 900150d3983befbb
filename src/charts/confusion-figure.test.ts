import { describe, expect, test } from 'vitest';
import type { Confusion } from '../instruments/answers';
import { confusionCsv, confusionFigure, confusionHeight, type ConfusionView } from './confusion-figure';

/** Three classes; the last has no images. */
const CONFUSION: Confusion = { size: 3, counts: Uint32Array.of(3, 1, 0, 0, 2, 2, 0, 0, 0) };
const VIEW: ConfusionView = {
  names: ['apple', 'maple tree', 'large omnivores and herbivores'],
  order: [1, 0, 2],
  edges: [2],
  focus: null,
  dark: false,
  drag: true,
};

interface Heat {
  x: string[];
  z: (number | null)[][];
  text: string[][];
}
const heatOf = (width: number, view = VIEW) =>
  confusionFigure(CONFUSION, view, width).data[0] as unknown as Heat;

describe('the confusion matrix as a figure', () => {
  test('has rows that add up to 1, in the requested order, and an empty row for a class without images', () => {
    expect(heatOf(900).z).toEqual([
      [0.5, 0, 0.5],
      [0.25, 0.75, 0],
      [null, null, null],
    ]);
  });

  test('names the true and the predicted class of every cell in full when hovered', () => {
    expect(heatOf(300).text[0]![2]).toBe('maple tree → large omnivores and herbivores: 2 of 4');
  });

  test('shortens names as long as they stay different, more so on a narrow page', () => {
    expect(heatOf(900).x).toEqual(['maple tree', 'apple', 'large omnivores and h…']);
    expect(heatOf(300).x[2]).toBe('large omnivore…');
    const names = ['large omnivores and herbivores', 'large omnivores and others', 'apple'];
    expect(heatOf(300, { ...VIEW, names }).x).toEqual([names[1], names[0], names[2]]);
  });

  test('shows the requested part with the first row on top, and scrolls on touch screens', () => {
    const { layout } = confusionFigure(CONFUSION, { ...VIEW, focus: [0, 1], drag: false }, 900);
    expect(layout.xaxis!.range).toEqual([-0.5, 1.5]);
    expect(layout.yaxis!.range).toEqual([1.5, -0.5]);
    expect(layout.dragmode).toBe(false);
    expect(layout.shapes).toHaveLength(2);
  });

  test('has square cells', () => {
    const { margin } = confusionFigure(CONFUSION, VIEW, 900).layout;
    const { l = 0, r = 0, t = 0, b = 0 } = margin!;
    expect(confusionHeight(900, VIEW.names) - t - b).toBeCloseTo(900 - l - r, -1);
  });

  test('is exported as counts', () => {
    const lines = confusionCsv(CONFUSION, VIEW.names, VIEW.order).split('\r\n');
    expect(lines[0]).toBe('true \\ predicted,maple tree,apple,large omnivores and herbivores');
    expect(lines[1]).toBe('maple tree,2,0,2');
    expect(lines).toHaveLength(5);
  });
});
