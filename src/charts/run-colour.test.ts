import { describe, expect, test } from 'vitest';
import { runColour } from './run-colour';
import { paletteOf } from './theme';

type Triple = readonly [number, number, number];

const linear = (hex: string): Triple =>
  [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;

const times = (m: readonly Triple[], [r, g, b]: Triple): Triple =>
  m.map((row) => row[0] * r + row[1] * g + row[2] * b) as unknown as Triple;

const luminance = (hex: string) => times([[0.2126, 0.7152, 0.0722]], linear(hex))[0];
const contrast = (a: string, b: string) => {
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
};

/** Colour vision: normal, protanopia, deuteranopia, tritanopia (Machado et al. 2009). */
const SIGHTS: readonly (readonly Triple[])[] = [
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
];

/** Oklab (Ottosson 2020), in which distances are roughly perceptual: 0.02 is just noticeable. */
function oklab(colour: Triple): Triple {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    colour.map((c) => Math.min(1, Math.max(0, c))) as unknown as Triple,
  ).map(Math.cbrt) as unknown as Triple;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** The least distance between any two of the first `count` colours. */
function closest(count: number, dark: boolean, sight: readonly Triple[]): number {
  const seen = Array.from({ length: count }, (_, i) => oklab(times(sight, linear(runColour(i, dark)))));
  return Math.min(
    ...seen.flatMap((a, i) => seen.slice(0, i).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]))),
  );
}

describe.each([false, true])('the colours of runs, dark: %s', (dark) => {
  test('twelve colours differ from the page and from each other', () => {
    for (let i = 0; i < 12; i++)
      expect(contrast(runColour(i, dark), paletteOf(dark).background)).toBeGreaterThanOrEqual(3);
    expect(closest(12, dark, SIGHTS[0]!)).toBeGreaterThan(0.1);
  });

  test('the first eight differ for colour-blind readers too', () => {
    for (const sight of SIGHTS) expect(closest(8, dark, sight)).toBeGreaterThan(0.09);
  });

  test('a run keeps its colour', () => {
    expect(runColour(3, dark)).toBe(runColour(3 + 12, dark));
  });
});
