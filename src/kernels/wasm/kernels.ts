/**
 * The compiled kernels of ./assembly: which build this machine takes. Built by
 * tools/kernels.mjs: with and without shared memory, with plain and with relaxed SIMD.
 */
import { message, MessageError } from '../../language/message';
import plainUrl from './build/plain.wasm?url';
import plainSharedUrl from './build/plain-shared.wasm?url';
import relaxedUrl from './build/relaxed.wasm?url';
import relaxedSharedUrl from './build/relaxed-shared.wasm?url';

/** 'reproducible': the same bits on every machine. 'fastest': the machine's own rounding of multiply-add. */
export type Arithmetic = 'reproducible' | 'fastest';

export interface KernelModule {
  module: WebAssembly.Module;
  /** Whether its memory is shared between threads. */
  shared: boolean;
  arithmetic: Arithmetic;
}

/** A function that uses f32x4.relaxed_madd: valid only where relaxed SIMD exists. */
const RELAXED_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32,
  1, 32, 2, 253, 133, 2, 11,
];
/** A function that returns i32x4.splat(0): valid only where SIMD exists. */
const SIMD_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11,
];

const isValid = (bytes: readonly number[]) => WebAssembly.validate(new Uint8Array(bytes));

const hasSimd = () => isValid(SIMD_PROBE);
const hasRelaxedSimd = () => isValid(RELAXED_PROBE);

/** Compiles the build for this machine. 'fastest' without relaxed SIMD is 'reproducible'. Throws where there is no SIMD or the file is not there. */
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
