/** Measures dispatches by the GPU's timestamps, without recording, submitting and reading back. */
import { encode, readAfter } from './gpu';
import type { Dispatch } from './shader';

/** Device feature required for timestamps; many adapters do not offer it. */
export const CLOCK: GPUFeatureName = 'timestamp-query';

/** Size of two timestamps in nanoseconds, 64 bits each. */
const BYTES = 16;

/** Milliseconds from the first dispatch's start to the last one's end; null where the device has no clock. */
export async function kernelTime(device: GPUDevice, dispatches: readonly Dispatch[]): Promise<number | null> {
  if (!device.features.has(CLOCK)) return null;
  const querySet = device.createQuerySet({ type: 'timestamp', count: 2 });
  const resolved = device.createBuffer({
    size: BYTES,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const encoder = device.createCommandEncoder();
  encode(encoder, dispatches, { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 });
  encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
  const times = await readAfter(device, encoder, { buffer: resolved, offset: 0, bytes: BYTES });
  const [start = 0n, end = 0n] = new BigInt64Array(times);
  const milliseconds = Number(end - start) / 1e6;
  querySet.destroy();
  resolved.destroy();
  return milliseconds;
}
