/**
 * The built-in data set's classes: twenty families of shapes (superclasses) of five members (classes). Every figure
 * fits the unit circle, or nearly so. Mirror images belong to the same class, because training may mirror.
 */
import { phrase } from '../../language/language';
import * as g from './geometry';
import type { Figure } from './geometry';

export interface Shape {
  name: string;
  figure: Figure;
}

export interface Family {
  name: string;
  /** Largest rotation in both directions, in turns: 0.5 is any rotation; less if the shape depends on which side is up. */
  rotation: number;
  shapes: readonly Shape[];
}

const family = (name: string, rotation: number, shapes: Record<string, Figure>): Family => ({
  name,
  rotation,
  shapes: Object.entries(shapes).map(([shape, figure]) => ({ name: shape, figure })),
});

const FREE = 0.5;
const UPRIGHT = 0.04;

const annulus = (outer: number, thickness: number) => g.hollow(g.disc(outer), thickness);
const triangle = g.scaled(g.regular(3), 1.05);
const heart = g.union(
  g.disc(0.46, -0.4, -0.35),
  g.disc(0.46, 0.4, -0.35),
  g.polygon([
    [-0.79, -0.1],
    [-0.3, -0.35],
    [0.3, -0.35],
    [0.79, -0.1],
    [0, 0.95],
  ]),
);
const drop = g.union(
  g.disc(0.55, 0, 0.38),
  g.polygon([
    [0, -1],
    [0.5, 0.16],
    [-0.5, 0.16],
  ]),
);
const lens = (half: number) => {
  const r = (1 + half * half) / (2 * half);
  return g.both(g.disc(r, r - half, 0), g.disc(r, half - r, 0));
};
const shaft = (half: number, from: number, to: number) => g.stroke(half, [0, from], [0, to]);
const head = (half: number, tip: number, spread: number) =>
  g.stroke(half, [-spread, tip + spread], [0, tip], [spread, tip + spread]);

export const FAMILIES: readonly Family[] = [
  family(phrase('discs'), FREE, {
    [phrase('full disc')]: g.disc(0.9),
    [phrase('half disc')]: g.both(g.disc(1), (_x, y) => -y - 0.35),
    [phrase('narrow oval')]: g.ellipse(0.48, 1),
    [phrase('pierced disc')]: g.without(g.disc(0.95), g.disc(0.3, 0, -0.4)),
    [phrase('sliced disc')]: g.without(g.disc(0.95), g.box(0.13, 1.2)),
  }),
  family(phrase('rings'), FREE, {
    [phrase('thin ring')]: annulus(0.95, 0.2),
    [phrase('thick ring')]: annulus(1, 0.5),
    [phrase('double ring')]: g.union(annulus(1, 0.2), annulus(0.55, 0.2)),
    [phrase('open ring')]: g.stroke(0.12, ...g.arc(0.14, 0.86, 0.85)),
    [phrase('ringed dot')]: g.union(annulus(1, 0.2), g.disc(0.32)),
  }),
  family(phrase('blocks'), FREE, {
    [phrase('square block')]: g.box(0.75, 0.75),
    [phrase('long block')]: g.box(0.4, 0.95),
    [phrase('slanted block')]: g.polygon([
      [-0.95, 0.55],
      [-0.25, -0.55],
      [0.95, -0.55],
      [0.25, 0.55],
    ]),
    [phrase('stepped block')]: g.without(g.box(0.78, 0.78), g.box(0.42, 0.42, 0.42, -0.42)),
    [phrase('notched block')]: g.without(g.box(0.78, 0.78), g.box(0.26, 0.5, 0, -0.5)),
  }),
  family(phrase('frames'), FREE, {
    [phrase('thin frame')]: g.hollow(g.box(0.8, 0.8), 0.2),
    [phrase('thick frame')]: g.hollow(g.box(0.85, 0.85), 0.42),
    [phrase('long frame')]: g.hollow(g.box(0.5, 0.98), 0.2),
    [phrase('divided frame')]: g.union(g.hollow(g.box(0.82, 0.82), 0.2), g.box(0.1, 0.8)),
    [phrase('open frame')]: g.without(g.hollow(g.box(0.8, 0.8), 0.22), g.box(0.56, 0.6, 0, -0.6)),
  }),
  family(phrase('triangles'), FREE, {
    [phrase('full triangle')]: triangle,
    [phrase('hollow triangle')]: g.hollow(g.scaled(g.regular(3), 1.2), 0.22),
    [phrase('needle triangle')]: g.polygon([
      [0, -1],
      [0.42, 0.85],
      [-0.42, 0.85],
    ]),
    [phrase('right triangle')]: g.polygon([
      [-0.7, -0.9],
      [0.95, 0.75],
      [-0.7, 0.75],
    ]),
    [phrase('notched triangle')]: g.polygon([
      [0, -1],
      [0.88, 0.8],
      [0, 0.15],
      [-0.88, 0.8],
    ]),
  }),
  family(phrase('stars'), FREE, {
    [phrase('four-point star')]: g.star(4, 0.36),
    [phrase('five-point star')]: g.star(5, 0.4),
    [phrase('six-point star')]: g.star(6, 0.55),
    [phrase('eight-point star')]: g.star(8, 0.6),
    [phrase('hollow star')]: g.hollow(g.scaled(g.star(5, 0.48), 1.1), 0.2),
  }),
  family(phrase('crosses'), FREE, {
    [phrase('thin cross')]: g.union(g.box(0.13, 0.95), g.box(0.95, 0.13)),
    [phrase('thick cross')]: g.union(g.box(0.32, 0.95), g.box(0.95, 0.32)),
    [phrase('long cross')]: g.union(g.box(0.14, 1), g.box(0.62, 0.14, 0, -0.35)),
    [phrase('double cross')]: g.union(
      g.box(0.13, 1),
      g.box(0.65, 0.12, 0, -0.42),
      g.box(0.65, 0.12, 0, 0.42),
    ),
    [phrase('three-armed cross')]: g.union(...g.ring(3, 0.92).map((end) => g.stroke(0.15, [0, 0], end))),
  }),
  family(phrase('bars'), FREE, {
    [phrase('two bars')]: g.union(g.box(0.2, 0.9, -0.45), g.box(0.2, 0.9, 0.45)),
    [phrase('three bars')]: g.copies(g.box(0.16, 0.85), [
      [-0.64, 0],
      [0, 0],
      [0.64, 0],
    ]),
    [phrase('four bars')]: g.copies(g.box(0.12, 0.85), [
      [-0.78, 0],
      [-0.26, 0],
      [0.26, 0],
      [0.78, 0],
    ]),
    [phrase('uneven bars')]: g.union(g.box(0.36, 0.85, -0.4), g.box(0.12, 0.85, 0.45)),
    [phrase('broken bars')]: g.copies(g.box(0.2, 0.36), [
      [-0.42, -0.5],
      [-0.42, 0.5],
      [0.42, -0.5],
      [0.42, 0.5],
    ]),
  }),
  family(phrase('checks'), FREE, {
    [phrase('two-by-two checks')]: g.checks(2, 0.85),
    [phrase('three-by-three checks')]: g.checks(3, 0.58),
    [phrase('four-by-four checks')]: g.checks(4, 0.46),
    [phrase('quartered disc')]: g.both(g.disc(0.98), g.checks(2, 1.5)),
    [phrase('striped disc')]: g.both(g.disc(1), g.bars(0.56)),
  }),
  family(phrase('arrows'), FREE, {
    [phrase('thin arrow')]: g.union(shaft(0.11, -0.8, 0.9), head(0.11, -0.85, 0.55)),
    [phrase('broad arrow')]: g.union(
      g.box(0.26, 0.5, 0, 0.45),
      g.polygon([
        [0, -1],
        [0.8, 0],
        [-0.8, 0],
      ]),
    ),
    [phrase('two-way arrow')]: g.union(
      shaft(0.12, -0.6, 0.6),
      g.polygon([
        [0, -1],
        [0.5, -0.4],
        [-0.5, -0.4],
      ]),
      g.polygon([
        [0, 1],
        [0.5, 0.4],
        [-0.5, 0.4],
      ]),
    ),
    [phrase('double chevron')]: g.union(head(0.14, -0.7, 0.65), head(0.14, -0.05, 0.65)),
    [phrase('feathered arrow')]: g.union(
      shaft(0.1, -0.85, 0.55),
      head(0.1, -0.9, 0.4),
      head(0.1, 0.2, 0.4),
      head(0.1, 0.5, 0.4),
    ),
  }),
  family(phrase('crescents'), FREE, {
    [phrase('thin crescent')]: g.without(g.disc(0.95), g.disc(0.85, 0.32, 0)),
    [phrase('thick crescent')]: g.without(g.disc(0.95), g.disc(0.7, 0.6, 0)),
    [phrase('crescent with dot')]: g.union(
      g.without(g.disc(0.98), g.disc(0.8, 0.36, 0)),
      g.disc(0.24, 0.42, 0),
    ),
    [phrase('facing crescents')]: g.union(
      g.without(g.disc(0.9, -0.1), g.disc(0.95, 0.32, 0)),
      g.without(g.disc(0.9, 0.1), g.disc(0.95, -0.32, 0)),
    ),
    [phrase('stacked crescents')]: g.union(
      g.stroke(0.13, ...g.arc(0.55, 0.95, 0.62).map(([x, y]): [number, number] => [x - 0.15, y])),
      g.stroke(0.13, ...g.arc(0.55, 0.95, 0.62).map(([x, y]): [number, number] => [x + 0.5, y])),
    ),
  }),
  family(phrase('strokes'), UPRIGHT, {
    [phrase('tee stroke')]: g.union(
      g.stroke(0.15, [-0.7, -0.8], [0.7, -0.8]),
      g.stroke(0.15, [0, -0.8], [0, 0.85]),
    ),
    [phrase('ell stroke')]: g.stroke(0.16, [-0.5, -0.85], [-0.5, 0.8], [0.6, 0.8]),
    [phrase('aitch stroke')]: g.union(
      g.stroke(0.14, [-0.6, -0.85], [-0.6, 0.85]),
      g.stroke(0.14, [0.6, -0.85], [0.6, 0.85]),
      g.stroke(0.14, [-0.6, 0], [0.6, 0]),
    ),
    [phrase('a stroke')]: g.union(
      g.stroke(0.14, [-0.7, 0.85], [0, -0.9], [0.7, 0.85]),
      g.stroke(0.12, [-0.4, 0.3], [0.4, 0.3]),
    ),
    [phrase('eff stroke')]: g.union(
      g.stroke(0.15, [0.6, -0.8], [-0.45, -0.8], [-0.45, 0.85]),
      g.stroke(0.14, [-0.45, 0], [0.4, 0]),
    ),
  }),
  family(phrase('zigzags'), FREE, {
    [phrase('one-peak zigzag')]: g.stroke(0.15, [-0.9, 0.5], [0, -0.6], [0.9, 0.5]),
    [phrase('zed zigzag')]: g.stroke(0.15, [-0.65, -0.7], [0.65, -0.7], [-0.65, 0.7], [0.65, 0.7]),
    [phrase('two-peak zigzag')]: g.stroke(
      0.14,
      [-0.95, 0.55],
      [-0.48, -0.55],
      [0, 0.55],
      [0.48, -0.55],
      [0.95, 0.55],
    ),
    [phrase('staircase')]: g.stroke(
      0.14,
      [-0.9, 0.8],
      [-0.3, 0.8],
      [-0.3, 0.2],
      [0.3, 0.2],
      [0.3, -0.4],
      [0.9, -0.4],
    ),
    [phrase('battlement')]: g.stroke(
      0.13,
      [-0.95, 0.45],
      [-0.5, 0.45],
      [-0.5, -0.45],
      [0, -0.45],
      [0, 0.45],
      [0.5, 0.45],
      [0.5, -0.45],
      [0.95, -0.45],
    ),
  }),
  family(phrase('dots'), FREE, {
    [phrase('two dots')]: g.copies(g.disc(0.38), g.ring(2, 0.55)),
    [phrase('three dots')]: g.copies(g.disc(0.32), g.ring(3, 0.6)),
    [phrase('four dots')]: g.copies(g.disc(0.28), g.ring(4, 0.68)),
    [phrase('five dots')]: g.copies(g.disc(0.25), g.ring(5, 0.74)),
    [phrase('seven dots')]: g.copies(g.disc(0.22), [[0, 0], ...g.ring(6, 0.75)]),
  }),
  family(phrase('spirals'), FREE, {
    [phrase('short spiral')]: g.stroke(0.13, ...g.spiral(1.25)),
    [phrase('long spiral')]: g.stroke(0.1, ...g.spiral(2.5, 0, 36)),
    [phrase('two-armed spiral')]: g.union(
      g.stroke(0.14, ...g.spiral(0.75, 0, 14)),
      g.stroke(0.14, ...g.spiral(0.75, 0.5, 14)),
    ),
    [phrase('three-armed spiral')]: g.union(
      ...[0, 1 / 3, 2 / 3].map((at) => g.stroke(0.14, ...g.spiral(0.4, at, 10))),
    ),
    [phrase('square spiral')]: g.stroke(
      0.12,
      [0, 0.1],
      [0, -0.25],
      [0.4, -0.25],
      [0.4, 0.4],
      [-0.4, 0.4],
      [-0.4, -0.8],
      [0.85, -0.8],
      [0.85, 0.85],
    ),
  }),
  family(phrase('polygons'), FREE, {
    [phrase('full pentagon')]: g.regular(5, 0.98),
    [phrase('full octagon')]: g.regular(8, 0.95),
    [phrase('hollow pentagon')]: g.hollow(g.regular(5, 1.02), 0.22),
    [phrase('hollow hexagon')]: g.hollow(g.regular(6, 1), 0.22),
    [phrase('nested hexagon')]: g.union(g.hollow(g.regular(6, 1.05), 0.2), g.regular(6, 0.5)),
  }),
  family(phrase('flowers'), FREE, {
    [phrase('three-petal flower')]: g.copies(g.disc(0.46), g.ring(3, 0.5)),
    [phrase('four-petal flower')]: g.copies(g.disc(0.42), g.ring(4, 0.55)),
    [phrase('six-petal flower')]: g.union(g.copies(g.disc(0.28), g.ring(6, 0.68)), g.disc(0.5)),
    [phrase('eyed flower')]: g.without(
      g.union(g.copies(g.disc(0.36), g.ring(5, 0.6)), g.disc(0.5)),
      g.disc(0.3),
    ),
    [phrase('cogwheel')]: g.without(
      g.union(g.disc(0.7), ...g.ring(8, 0.92).map((end) => g.stroke(0.13, [0, 0], end))),
      g.disc(0.32),
    ),
  }),
  family(phrase('grids'), FREE, {
    [phrase('hash grid')]: g.union(
      ...[-0.36, 0.36].flatMap((at) => [g.box(0.11, 0.95, at, 0), g.box(0.95, 0.11, 0, at)]),
    ),
    [phrase('window grid')]: g.union(
      ...[-0.75, 0, 0.75].flatMap((at) => [g.box(0.1, 0.85, at, 0), g.box(0.85, 0.1, 0, at)]),
    ),
    [phrase('ladder')]: g.union(
      g.box(0.1, 1, -0.45),
      g.box(0.1, 1, 0.45),
      ...[-0.6, 0, 0.6].map((at) => g.box(0.45, 0.1, 0, at)),
    ),
    [phrase('comb')]: g.union(
      g.box(0.9, 0.15, 0, -0.65),
      ...[-0.78, -0.26, 0.26, 0.78].map((at) => g.box(0.12, 0.7, at, 0.1)),
    ),
    [phrase('fishbone')]: g.union(g.box(0.1, 1), ...[-0.7, 0, 0.7].map((at) => g.box(0.62, 0.1, 0, at))),
  }),
  family(phrase('leaves'), FREE, {
    [phrase('heart leaf')]: heart,
    [phrase('drop leaf')]: drop,
    [phrase('lens leaf')]: lens(0.48),
    [phrase('split leaf')]: g.without(lens(0.52), g.box(1, 0.14)),
    [phrase('hourglass leaf')]: g.polygon([
      [-0.65, -0.9],
      [0.65, -0.9],
      [0.1, 0],
      [0.65, 0.9],
      [-0.65, 0.9],
      [-0.1, 0],
    ]),
  }),
  family(phrase('signs'), UPRIGHT, {
    [phrase('disc in frame')]: g.union(g.hollow(g.box(0.9, 0.9), 0.18), g.disc(0.46)),
    [phrase('square in ring')]: g.union(annulus(1.05, 0.18), g.box(0.42, 0.42)),
    [phrase('triangle in ring')]: g.union(annulus(1.08, 0.18), g.moved(g.scaled(triangle, 0.58), 0, 0.05)),
    [phrase('cross in ring')]: g.union(annulus(1.02, 0.18), g.box(0.12, 0.95), g.box(0.95, 0.12)),
    [phrase('bar in ring')]: g.union(annulus(1.02, 0.18), g.box(0.6, 0.18)),
  }),
];
