/**
 * Charts under fingers. Upwards and downwards a finger scrolls the page; two of them zoom the steps, and in a chart that is
 * zoomed one moves them sideways. Plotly would take every touch for itself and knows no pinch, so it is told to stay still.
 */
import type { Layout } from 'plotly.js';
import { onAxis, type XScale } from './theme';

/** Whether one works with fingers here. */
// not translated: a query of styles.
export const isTouched = (): boolean => window.matchMedia('(pointer: coarse)').matches;

/** A layout whose axes do not answer to plotly's own gestures. */
export function withoutGestures(layout: Partial<Layout>): Partial<Layout> {
  const axes = Object.entries(layout)
    .filter(([key]) => /^[xy]axis\d*$/.test(key))
    .map(([key, axis]) => [key, { ...(axis as object), fixedrange: true }]);
  return { ...layout, ...Object.fromEntries(axes), dragmode: false };
}

type Range = readonly [number, number];

export interface Gesture {
  /** Steps in view when it began. */
  range: Range;
  xScale: XScale;
  /** Where the fingers, one or two, were then, as shares of the x axis. */
  from: readonly number[];
  /** All steps there are. */
  limits: Range;
}

/** Fewer steps are never in view. */
const LEAST_STEPS = 4;
/** Fingers that are closer than this share of the axis tell nothing of a width. */
const LEAST_APART = 0.02;

const fromAxis = (value: number, scale: XScale) => (scale === 'log' ? 10 ** value : value);

/**
 * Steps in view when the fingers of a gesture are at `to`: whatever was under a finger stays under it, within what there is.
 * Null where all of it is in view.
 */
export function gestured({ range, xScale, from, limits }: Gesture, to: readonly number[]): Range | null {
  const [low, high] = limits.map((step) => onAxis(step, xScale)) as [number, number];
  const [start, end] = range.map((step) => onAxis(step, xScale)) as [number, number];
  const under = from.map((share) => start + share * (end - start));
  const pinches = from.length > 1 && to.length > 1;
  let width = end - start;
  if (pinches) {
    const apart = Math.max(LEAST_APART, Math.abs(to[1]! - to[0]!));
    // A log axis is as wide as its steps are apart in ratio.
    const least = xScale === 'log' ? Math.log10(1 + LEAST_STEPS / 10) : LEAST_STEPS;
    width = Math.min(high - low, Math.max(least, Math.abs(under[1]! - under[0]!) / apart));
  }
  const middle = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const fingers = pinches ? 2 : 1;
  const left = middle(under.slice(0, fingers)) - middle(to.slice(0, fingers)) * width;
  const begins = Math.min(high - width, Math.max(low, left));
  if (width >= (high - low) * 0.999) return null;
  return [fromAxis(begins, xScale), fromAxis(begins + width, xScale)];
}
