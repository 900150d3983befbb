/** Loads the data set and the chart library in advance, so that Start starts without delay. */
import { drawQueue } from '../../charts/draw-queue';
import { loadPlotly } from '../../charts/plotly';
import { sourceFor, useData } from '../store/data-sets';
import { useExperiment } from '../store/experiment';
import { isGoingOn, useRun } from '../store/run';

/** Delay after the first paint, in ms, in browsers that do not report idle time (Safari). */
const SETTLED = 600;

/** Prepares the data set once, when the page is idle. Returns a function that cancels it. */
export function prepareWhenIdle(): () => void {
  const prepare = () => {
    const { source } = sourceFor(useExperiment.getState().experiment, useData.getState());
    // A set in memory would have to be copied.
    if (source === null || source.kind === 'memory' || useRun.getState().status !== 'idle') return;
    try {
      useRun.getState().prepare(source);
    } catch {
      // If something fails, the start of the run reports it.
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
 * Loads the chart library when the reader first uses the page: before the first run, and not while the page opens, because
 * parsing its one large file blocks the page for a moment. Returns a function that cancels it.
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

/** Lets charts be drawn more often while nothing trains. Returns a function that stops this. */
export function drawFasterAtRest(): () => void {
  // This is also the case for a page that is opened with a recording.
  const look = () => (drawQueue.atRest = !isGoingOn(useRun.getState()));
  look();
  return useRun.subscribe(look);
}
