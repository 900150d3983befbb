/** Starts our own WebAssembly kernels on as many threads as there are. */
import { loadKernels, type Arithmetic } from '../kernels/wasm/kernels';
import { startThreads } from '../kernels/wasm/threads';
import { threadsHere } from './threads-here';
import type { Engine } from './trainer';
import { wasmEngine } from './wasm-trainer';

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
