/** Gets the data set and the chart library ready while the reader still looks at the page, so that Start starts at once. */
import { drawQueue } from '../../charts/draw-queue';
import { loadPlotly } from '../../charts/plotly';
import { sourceFor, useData } from '../store/data-sets';
import { useExperiment } from '../store/experiment';
import { isGoingOn, useRun } from '../store/run';

/** After the first paint has settled, where the browser does not tell when it is idle (Safari). */
const SETTLED = 600;

/** Once, when the page has nothing else to do. Returns how to give it up. */
export function prepareWhenIdle(): () => void {
  const prepare = () => {
    const { source } = sourceFor(useExperiment.getState().experiment, useData.getState());
    // A set in memory would have to be copied for it.
    if (source === null || source.kind === 'memory' || useRun.getState().status !== 'idle') return;
    try {
      useRun.getState().prepare(source);
    } catch {
      // The start tells what the browser lacks.
    }
  };
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(prepare, SETTLED);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(prepare, { timeout: 2000 });
  return () => cancelIdleCallback(handle);
}

const SIGNS_OF_USE = ['pointermove', 'pointerdown', 'keydown', 'focusin', 'scroll'] as const;

/**
 * Loads the chart library at the first sign of use: before the first run rather than with it, and not while the page
 * opens, for reading its one large file keeps the page busy for a moment. Returns how to give it up.
 */
export function prepareChartsWhenUsed(): () => void {
  const used = new AbortController();
  const load = () => {
    used.abort();
    void loadPlotly().catch(() => undefined);
  };
  for (const sign of SIGNS_OF_USE)
    window.addEventListener(sign, load, { passive: true, capture: true, signal: used.signal });
  return () => used.abort();
}

/** Lets charts be drawn faster while nothing trains. Returns how to stop. */
export function drawFasterAtRest(): () => void {
  // A page that is opened for its recording trains nothing either.
  const look = () => (drawQueue.atRest = !isGoingOn(useRun.getState()));
  look();
  return useRun.subscribe(look);
}
