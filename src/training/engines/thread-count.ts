/** Number of threads for the wasm kernels. */

/** More threads gain nothing on networks of this size. */
const MAX_THREADS = 8;

/** One thread per core where the page may share memory between threads, else one. */
export const availableThreads = (): number =>
  globalThis.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency || 1, MAX_THREADS) : 1;
