/** Starts the lab's own WebAssembly kernels, on one thread per core. */
import { inEnglish } from '../../language/phrase';
import { loadKernels, type Arithmetic } from '../../kernels/wasm/kernels';
import { startThreads } from '../../kernels/wasm/threads';
import { ADAPTER } from '../reasons';
import { availableThreads } from './thread-count';
import type { Engine } from '../trainer';
import { wasmEngine } from './wasm-trainer';

/** Throws Error where the browser has no WebAssembly SIMD, or a thread does not start. */
export async function startWasm(
  wanted: Arithmetic,
  threads = availableThreads(),
): Promise<{ adapter: string; engine: Engine; dispose: () => void }> {
  const kernels = await loadKernels(wanted, threads > 1);
  const pool = threads > 1 ? await startThreads(threads) : null;
  const [one, several] =
    kernels.arithmetic === 'fastest'
      ? [ADAPTER.relaxedThread, ADAPTER.relaxedThreads]
      : [ADAPTER.simdThread, ADAPTER.simdThreads];
  const adapter = threads === 1 ? one : inEnglish(several, { threads });
  return {
    adapter: globalThis.crossOriginIsolated ? adapter : inEnglish(ADAPTER.notIsolated, { adapter }),
    engine: wasmEngine(kernels, pool),
    dispose: () => pool?.dispose(),
  };
}
