/**
 * Loads the build of ./assembly that this browser supports. tools/kernels.mjs makes four builds: with and without shared
 * memory, with plain and with relaxed SIMD.
 */
import { message, MessageError } from '../../language/message';
import plainUrl from './build/plain.wasm?url';
import plainSharedUrl from './build/plain-shared.wasm?url';
import relaxedUrl from './build/relaxed.wasm?url';
import relaxedSharedUrl from './build/relaxed-shared.wasm?url';

/** 'reproducible': the same bits on every machine. 'fastest': multiply-add rounds as the machine does. */
export type Arithmetic = 'reproducible' | 'fastest';

export interface KernelModule {
  module: WebAssembly.Module;
  /** Whether its memory is shared between threads. */
  shared: boolean;
  arithmetic: Arithmetic;
}

/** A module with f32x4.relaxed_madd, which is valid only if the browser has relaxed SIMD. */
const RELAXED_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32,
  1, 32, 2, 253, 133, 2, 11,
];
/** A module with i32x4.splat, which is valid only if the browser has SIMD. */
const SIMD_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11,
];

const isValid = (bytes: readonly number[]) => WebAssembly.validate(new Uint8Array(bytes));

const hasSimd = () => isValid(SIMD_PROBE);
const hasRelaxedSimd = () => isValid(RELAXED_PROBE);

/**
 * Loads and compiles the build for this browser. Without relaxed SIMD, 'fastest' becomes 'reproducible'. Rejects if there is
 * no SIMD or the file cannot be loaded.
 */
export async function loadKernels(wanted: Arithmetic, shared: boolean): Promise<KernelModule> {
  if (!hasSimd()) throw new MessageError(message('kernel.noSimd'));
  const arithmetic = wanted === 'fastest' && hasRelaxedSimd() ? 'fastest' : 'reproducible';
  const urls =
    arithmetic === 'fastest'
      ? { shared: relaxedSharedUrl, own: relaxedUrl }
      : { shared: plainSharedUrl, own: plainUrl };
  const response = await fetch(shared ? urls.shared : urls.own);
  if (!response.ok) throw new MessageError(message('kernel.notLoaded', { status: response.status }));
  return { module: await WebAssembly.compile(await response.arrayBuffer()), shared, arithmetic };
}
