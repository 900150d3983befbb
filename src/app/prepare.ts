/** Gets the experiment's data set ready while the reader still looks at the page, so that Start starts at once. */
import { sourceFor, useData } from './store/data';
import { useExperiment } from './store/experiment';
import { useRun } from './store/run';

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
