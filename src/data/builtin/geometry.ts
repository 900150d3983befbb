/**
 * Signed distances of plane figures (negative inside), in units of the figure's radius. The built-in data set is drawn with them.
 * After Inigo Quilez, "2D distance functions" (iquilezles.org/articles/distfunctions2d). Only + − × ÷ and √ are used,
 * which IEEE 754 rounds the same way everywhere, so that every engine draws the same bytes.
 */

/** A signed distance, exact or a bound, at a point; y points down. */
export type Figure = (x: number, y: number) => number;

/** Points of the unit circle in equal steps, by repeated rotation. */
export const CIRCLE_STEPS = 240;
const STEP_COS = 0.9996573249755573; // cos 2π/240
const STEP_SIN = 0.02617694830787315; // sin 2π/240
export const COS = new Float64Array(CIRCLE_STEPS);
export const SIN = new Float64Array(CIRCLE_STEPS);
COS[0] = 1;
for (let i = 1; i < CIRCLE_STEPS; i++) {
  COS[i] = COS[i - 1]! * STEP_COS - SIN[i - 1]! * STEP_SIN;
  SIN[i] = COS[i - 1]! * STEP_SIN + SIN[i - 1]! * STEP_COS;
}

/** A point of a circle; turn 0 is up, 1 is all the way round. */
export function onCircle(turn: number, radius = 1): [number, number] {
  const step = ((Math.round(turn * CIRCLE_STEPS) % CIRCLE_STEPS) + CIRCLE_STEPS) % CIRCLE_STEPS;
  return [radius * SIN[step]!, -radius * COS[step]!];
}

const length = (x: number, y: number) => Math.sqrt(x * x + y * y);

export const disc =
  (r: number, cx = 0, cy = 0): Figure =>
  (x, y) =>
    length(x - cx, y - cy) - r;

/** A box with half sides w and h. */
export const box =
  (w: number, h: number, cx = 0, cy = 0): Figure =>
  (x, y) => {
    const dx = Math.abs(x - cx) - w;
    const dy = Math.abs(y - cy) - h;
    return dx > 0 && dy > 0 ? length(dx, dy) : Math.max(dx, dy);
  };

export const ellipse =
  (w: number, h: number): Figure =>
  (x, y) =>
    (length(x / w, y / h) - 1) * Math.min(w, h);

type Points = readonly (readonly [number, number])[];

/** Five numbers per edge: start, direction, 1 ÷ length². A closed line ends at its first point. */
function edgesOf(points: Points, closed: boolean): Float64Array {
  const ends = closed ? [...points, points[0]!] : points;
  const edges = new Float64Array(5 * (ends.length - 1));
  for (let i = 1; i < ends.length; i++) {
    const [ax, ay] = ends[i - 1]!;
    const ex = ends[i]![0] - ax;
    const ey = ends[i]![1] - ay;
    edges.set([ax, ay, ex, ey, 1 / (ex * ex + ey * ey)], 5 * (i - 1));
  }
  return edges;
}

/** The square of the distance to the nearest edge. */
function squareToEdges(edges: Float64Array, x: number, y: number): number {
  let nearest = Infinity;
  for (let i = 0; i < edges.length; i += 5) {
    const px = x - edges[i]!;
    const py = y - edges[i + 1]!;
    const ex = edges[i + 2]!;
    const ey = edges[i + 3]!;
    const along = (px * ex + py * ey) * edges[i + 4]!;
    const t = along < 0 ? 0 : along > 1 ? 1 : along;
    const dx = px - t * ex;
    const dy = py - t * ey;
    const square = dx * dx + dy * dy;
    if (square < nearest) nearest = square;
  }
  return nearest;
}

/** A filled polygon, corners in order. */
export function polygon(corners: Points): Figure {
  const edges = edgesOf(corners, true);
  return (x, y) => {
    let inside = false;
    for (let i = 0; i < edges.length; i += 5) {
      const py = y - edges[i + 1]!;
      const ey = edges[i + 3]!;
      // A ray to the right crosses the edge.
      if (py < 0 !== py < ey && x - edges[i]! < (edges[i + 2]! * py) / ey) inside = !inside;
    }
    const distance = Math.sqrt(squareToEdges(edges, x, y));
    return inside ? -distance : distance;
  };
}

/** A line through points, with round ends, as wide as 2 × half. */
export function stroke(half: number, ...points: Points): Figure {
  const edges = edgesOf(points, false);
  return (x, y) => Math.sqrt(squareToEdges(edges, x, y)) - half;
}

export const regular = (corners: number, r = 1): Figure =>
  polygon(Array.from({ length: corners }, (_, i) => onCircle(i / corners, r)));

/** A star with corners at radius 1 and notches at radius `inner`. */
export const star = (points: number, inner: number): Figure =>
  polygon(Array.from({ length: 2 * points }, (_, i) => onCircle(i / (2 * points), i % 2 === 0 ? 1 : inner)));

/** Points of an arc of the given radius between two turns. */
export const arc = (from: number, to: number, r = 1, pieces = 16): [number, number][] =>
  Array.from({ length: pieces + 1 }, (_, i) => onCircle(from + ((to - from) * i) / pieces, r));

/** Points of a spiral from the centre out to radius 1. */
export const spiral = (turns: number, start = 0, pieces = 24): [number, number][] =>
  Array.from({ length: pieces + 1 }, (_, i) =>
    onCircle(start + (turns * i) / pieces, 0.05 + (0.85 * i) / pieces),
  );

export const union =
  (...figures: readonly Figure[]): Figure =>
  (x, y) => {
    let d = Infinity;
    for (const figure of figures) d = Math.min(d, figure(x, y));
    return d;
  };

export const both =
  (a: Figure, b: Figure): Figure =>
  (x, y) =>
    Math.max(a(x, y), b(x, y));
export const without =
  (a: Figure, b: Figure): Figure =>
  (x, y) =>
    Math.max(a(x, y), -b(x, y));
export const moved =
  (a: Figure, dx: number, dy: number): Figure =>
  (x, y) =>
    a(x - dx, y - dy);
export const scaled =
  (a: Figure, k: number, ky = k): Figure =>
  (x, y) =>
    a(x / k, y / ky) * Math.min(k, ky);

/** The outline of a figure, drawn inside it. */
export const hollow =
  (a: Figure, thickness: number): Figure =>
  (x, y) => {
    const d = a(x, y);
    return Math.max(d, -d - thickness);
  };

/** Copies of a figure at given places. */
export const copies = (a: Figure, places: readonly (readonly [number, number])[]): Figure =>
  union(...places.map(([x, y]) => moved(a, x, y)));

/** n points on a circle of radius r. */
export const ring = (n: number, r: number, start = 0): [number, number][] =>
  Array.from({ length: n }, (_, i) => onCircle(start + i / n, r));

/** Parallel bars across x with this pitch, as wide as half of it. */
export const bars =
  (pitch: number): Figure =>
  (x) =>
    Math.abs(x - pitch * Math.round(x / pitch)) - pitch / 4;

/** The dark squares of a checkerboard of n × n squares of this side. */
export const checks = (n: number, side: number): Figure =>
  copies(
    box(side / 2, side / 2),
    Array.from({ length: n * n }, (_, i): [number, number] => [i % n, Math.floor(i / n)])
      .filter(([column, row]) => (column + row) % 2 === 0)
      .map(([column, row]): [number, number] => [(column - (n - 1) / 2) * side, (row - (n - 1) / 2) * side]),
  );

/** A figure's distances on a grid over −1.35 … 1.35 in both directions, read by bilinear interpolation. */
export const MAP_SIDE = 64;
export const MAP_REACH = 1.35;
/** Square of the radius beyond which maps are not read. */
export const MAP_RADIUS_SQUARE = 1.7;

/**
 * MAP_SIDE × MAP_SIDE distances, row by row; drawing many images of a figure then costs the same for every figure.
 * Cells that are never read, in the corners, are Infinity.
 */
export function distanceMap(figure: Figure): Float32Array {
  const map = new Float32Array(MAP_SIDE * MAP_SIDE).fill(Infinity);
  const step = (2 * MAP_REACH) / (MAP_SIDE - 1);
  // A point within the radius is interpolated from four cells, of which the farthest is one diagonal away.
  const reach = Math.sqrt(MAP_RADIUS_SQUARE) + 1.5 * step;
  for (let i = 0; i < MAP_SIDE; i++) {
    const y = i * step - MAP_REACH;
    for (let j = 0; j < MAP_SIDE; j++) {
      const x = j * step - MAP_REACH;
      if (x * x + y * y <= reach * reach) map[i * MAP_SIDE + j] = figure(x, y);
    }
  }
  return map;
}
