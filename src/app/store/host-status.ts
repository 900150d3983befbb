/** How the page stands with its host: whether it is isolated, and whether a newer version of it is there. */
import { create } from 'zustand';
import type { Why } from '../../offline/isolate';
import { followVersions } from '../../offline/versions';

export interface AnywhereState {
  /** Why the page is not isolated, and wasm has one thread; null where it is. */
  why: Why | null;
  /** Whether a service worker is to keep the page for when there is no network. */
  worker: boolean;
  /** The service worker of a newer version, which waits. */
  waiting: ServiceWorker | null;
}

export const useAnywhere = create<AnywhereState>(() => ({ why: null, worker: false, waiting: null }));

/** Once the page has nothing else to do: the service worker loads everything. Returns how to stop. */
export function followAnywhere(): () => void {
  if (!useAnywhere.getState().worker) return () => undefined;
  let stop: () => void = () => undefined;
  const begin = () => {
    stop = followVersions((waiting) => useAnywhere.setState({ waiting }));
  };
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(begin, 1000);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }
  const handle = requestIdleCallback(begin, { timeout: 3000 });
  return () => {
    cancelIdleCallback(handle);
    stop();
  };
}
