/** The fingers on a plot: what they do to the steps in view, as often as a chart can be drawn. */
import { useEffect, useRef, type PointerEvent } from 'react';
import type { Axis } from './Plot';
import { gestured, isTouched, type Gesture } from './touch-gestures';

/** Between two changes of the steps in view, in ms. */
const PACE = 50;

/**
 * `shareAt`: share of the x axis at a place of the window. `move` says whether the steps in view followed the finger; where
 * they did not, it points at a step.
 */
export function useFingers(
  axis: { readonly current: Axis | null },
  shareAt: (clientX: number) => number,
  onRangeChange: (range: [number, number] | null) => void,
) {
  const down = useRef(new Map<number, number>());
  const gesture = useRef<Gesture | null>(null);
  /** Asked for, and perhaps not drawn yet. */
  const asked = useRef<readonly [number, number] | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  /** From here on, movements are counted anew: a finger came or went. */
  const begin = () => {
    const now = axis.current;
    const from = [...down.current.values()].slice(0, 2);
    gesture.current =
      now && from.length > 0
        ? { range: asked.current ?? now.xRange, limits: now.xLimits, xScale: now.xScale, from }
        : null;
  };

  /** Brings into view what the gesture asks for by now. */
  const follow = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    const began = gesture.current;
    if (!began) return;
    const found = gestured(began, [...down.current.values()]);
    asked.current = found ?? began.limits;
    onRangeChange(found && [found[0], found[1]]);
  };

  const isFinger = (event: PointerEvent) => event.pointerType === 'touch' && isTouched();
  return {
    down: (event: PointerEvent) => {
      if (!isFinger(event)) return;
      down.current.set(event.pointerId, shareAt(event.clientX));
      begin();
    },
    move: (event: PointerEvent): boolean => {
      if (!down.current.has(event.pointerId)) return false;
      down.current.set(event.pointerId, shareAt(event.clientX));
      const began = gesture.current;
      if (!began) return false;
      const isZoomed = began.range[0] > began.limits[0] || began.range[1] < began.limits[1];
      if (began.from.length < 2 && !isZoomed) return false;
      timer.current ??= setTimeout(follow, PACE);
      return true;
    },
    up: (event: PointerEvent) => {
      // What the fingers did last counts, however soon they are gone.
      if (timer.current !== undefined) follow();
      if (!down.current.delete(event.pointerId)) return;
      if (down.current.size === 0) asked.current = null;
      begin();
    },
  };
}
