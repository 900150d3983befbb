/** How many threads the wasm kernels take. */

/** More gain nothing on networks of this size. */
const MOST_THREADS = 8;

/** One for every core where the page may share memory, else one. */
export const threadsHere = (): number =>
  globalThis.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency || 1, MOST_THREADS) : 1;
