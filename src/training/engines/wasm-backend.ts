/** Starts the lab's own WebAssembly kernels, on one thread per core. */
import { message, type Message } from '../../language/message';
import { loadKernels, type Arithmetic } from '../../kernels/wasm/kernels';
import { startThreads } from '../../kernels/wasm/threads';
import { availableThreads } from './thread-count';
import type { Engine } from '../trainer';
import { wasmEngine } from './wasm-trainer';

/** Throws MessageError where the browser has no WebAssembly SIMD, or a thread does not start. */
export async function startWasm(
  wanted: Arithmetic,
  threads = availableThreads(),
): Promise<{ adapter: Message; engine: Engine; dispose: () => void }> {
  const kernels = await loadKernels(wanted, threads > 1);
  const pool = threads > 1 ? await startThreads(threads) : null;
  const relaxed = kernels.arithmetic === 'fastest';
  const adapter =
    threads === 1
      ? message(relaxed ? 'adapter.relaxedThread' : 'adapter.simdThread')
      : message(relaxed ? 'adapter.relaxedThreads' : 'adapter.simdThreads', { threads });
  return {
    adapter: globalThis.crossOriginIsolated ? adapter : message('adapter.notIsolated', { adapter }),
    engine: wasmEngine(kernels, pool),
    dispose: () => pool?.dispose(),
  };
}
