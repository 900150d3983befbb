/**
 * Touch gestures on charts. One finger scrolls the page vertically and, in a zoomed chart, pans horizontally; two fingers zoom.
 * Plotly handles every touch itself and does not support pinching, so its gestures are switched off.
 */
import type { Layout } from 'plotly.js';
import { onAxis, type XScale } from './theme';

/** Whether the device's main pointer is a finger. */
// not translated: a query of styles.
export const isTouched = (): boolean => window.matchMedia('(pointer: coarse)').matches;

/** The layout with plotly's own gestures switched off. */
export function withoutGestures(layout: Partial<Layout>): Partial<Layout> {
  const axes = Object.entries(layout)
    .filter(([key]) => /^[xy]axis\d*$/.test(key))
    .map(([key, axis]) => [key, { ...(axis as object), fixedrange: true }]);
  return { ...layout, ...Object.fromEntries(axes), dragmode: false };
}

type Range = readonly [number, number];

export interface Gesture {
  /** Steps in view when the gesture began. */
  range: Range;
  xScale: XScale;
  /** Positions of the one or two fingers at that time, as shares of the x axis. */
  from: readonly number[];
  /** All steps of the chart. */
  limits: Range;
}

/** Least number of steps in view. */
const LEAST_STEPS = 4;
/** Least distance between two fingers, as a share of the axis: below it a pinch would be imprecise. */
const LEAST_APART = 0.02;

const fromAxis = (value: number, scale: XScale) => (scale === 'log' ? 10 ** value : value);

/**
 * Steps in view when the fingers of a gesture are at `to`: the step under a finger stays under it, within the limits. Null if
 * all steps are in view.
 */
export function gestured({ range, xScale, from, limits }: Gesture, to: readonly number[]): Range | null {
  const [low, high] = limits.map((step) => onAxis(step, xScale)) as [number, number];
  const [start, end] = range.map((step) => onAxis(step, xScale)) as [number, number];
  const under = from.map((share) => start + share * (end - start));
  const pinches = from.length > 1 && to.length > 1;
  let width = end - start;
  if (pinches) {
    const apart = Math.max(LEAST_APART, Math.abs(to[1]! - to[0]!));
    // The width of a log axis is the ratio of its ends.
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
