/** Starts our own WebAssembly kernels on as many threads as there are. */
import { loadKernels, type Arithmetic } from '../kernels/wasm/kernels';
import { startThreads } from '../kernels/wasm/threads';
import type { Engine } from './trainer';
import { wasmEngine } from './wasm-trainer';

/** More threads than this gain nothing on networks of this size. */
const MOST_THREADS = 8;

/** Threads to be had here: one for every core where the page may share memory. */
export const threadsHere = (): number =>
  globalThis.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency || 1, MOST_THREADS) : 1;

/** Throws where there is no WebAssembly SIMD, or a thread does not start. */
export async function startWasm(
  wanted: Arithmetic,
  threads = threadsHere(),
): Promise<{ adapter: string; engine: Engine; dispose: () => void }> {
  const kernels = await loadKernels(wanted, threads > 1);
  const pool = threads > 1 ? await startThreads(threads) : null;
  const notes = [
    kernels.arithmetic === 'fastest' ? 'relaxed SIMD' : 'SIMD',
    `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  ];
  const why = globalThis.crossOriginIsolated ? '' : ' (the page is not cross-origin isolated)';
  return {
    adapter: `${notes.join(', ')}${why}`,
    engine: wasmEngine(kernels, pool),
    dispose: () => pool?.dispose(),
  };
}
