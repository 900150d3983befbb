/** Touch gestures on a plot: changes the steps in view while fingers move, at most once every `PACE` ms. */
import { useEffect, useRef, type PointerEvent } from 'react';
import type { StepAxis } from './step-axis';
import { gestured, isTouched, type Gesture } from './touch-gestures';

/** Least time between two changes of the steps in view, in ms. */
const PACE = 50;

/**
 * Pointer handlers of a plot. `shareAt` gives the share of the x axis at an x coordinate of the window. `move` returns whether
 * the gesture changes the steps in view; if it does not, the finger moves the crosshair.
 */
export function useTouchGestures(
  axis: { readonly current: StepAxis | null },
  shareAt: (clientX: number) => number,
  onRangeChange: (range: [number, number] | null) => void,
) {
  const down = useRef(new Map<number, number>());
  const gesture = useRef<Gesture | null>(null);
  /** The last range that was requested; it may not be drawn yet. */
  const asked = useRef<readonly [number, number] | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  /** Starts a new gesture, because a finger was put down or lifted. */
  const begin = () => {
    const now = axis.current;
    const from = [...down.current.values()].slice(0, 2);
    gesture.current =
      now && from.length > 0
        ? { range: asked.current ?? now.xRange, limits: now.xLimits, xScale: now.xScale, from }
        : null;
  };

  /** Requests the range of steps that the gesture has reached. */
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
      // A change that still waits for the timer is applied before the gesture ends.
      if (timer.current !== undefined) follow();
      if (!down.current.delete(event.pointerId)) return;
      if (down.current.size === 0) asked.current = null;
      begin();
    },
  };
}
