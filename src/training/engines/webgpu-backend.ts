/** Starts the lab's own WebGPU kernels on the browser's adapter. */
import type { Experiment } from '../../experiment/settings';
import { message, MessageError, verbatim, type Message } from '../../language/message';
import { SUBGROUPS } from '../../kernels/webgpu/channel-sums';
import { fastestAlgorithms } from '../../kernels/webgpu/fastest-algorithms';
import { CLOCK } from '../../kernels/webgpu/kernel-time';
import { matrixRate } from '../../kernels/webgpu/matrix-rate';
import { contextOf } from '../../kernels/webgpu/network';
import { isChoice, type Choice } from '../../kernels/webgpu/algorithms';
import { measureOnce } from './measurement-cache';
import type { Engine } from '../trainer';
import { webgpuEngine } from './webgpu-trainer';

/** Limits that large networks need above WebGPU's guaranteed minimum; requested as high as the adapter allows. */
const LIMITS = ['maxStorageBufferBindingSize', 'maxBufferSize'] as const;

/** Batch on which the convolution algorithms are timed: enough images to fill a GPU; a software adapter needs few. */
const MEASURED_BATCH = { hardware: 64, software: 4 };
/** Side of the square matrices whose product measures the adapter's speed. */
const MEASURED_SIDE = { hardware: 1024, software: 256 };

export interface StartedWebgpu {
  adapter: Message;
  engine: Engine;
  /** Measures the multiply-adds per second of a plain matrix product on the adapter: a practical limit. */
  matrixRate: () => Promise<number>;
}

export type Precision = Experiment['precision'];

/**
 * A software adapter is used only where it is `askedFor`. The kernels use the algorithms `algorithms`, by default the fastest on
 * this adapter, which are measured once and cached. Throws Error if there is no adapter or no device.
 */
export async function startWebgpu(
  askedFor: boolean,
  algorithms?: Choice,
  precision: Precision = 'single',
): Promise<StartedWebgpu> {
  if (!('gpu' in navigator)) throw new MessageError(message('backend.noWebgpu'));
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new MessageError(message('backend.noAdapter'));
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const reported = description || [vendor, architecture].filter(Boolean).join(' ');
  const own = reported ? verbatim(reported) : message('adapter.unnamed');
  const name = isFallbackAdapter ? message('adapter.software', { adapter: own }) : own;
  if (isFallbackAdapter && !askedFor) throw new MessageError(message('backend.software', { adapter: name }));
  const requiredLimits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  const requiredFeatures = [CLOCK, SUBGROUPS].filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
  const context = contextOf(device);
  const kind = isFallbackAdapter ? 'software' : 'hardware';
  const half = precision === 'half';
  const measure = () => fastestAlgorithms(context, MEASURED_BATCH[kind], half);
  const chosen = algorithms ?? (await measureOnce(keyOf(adapter, precision), isChoice, measure));
  return {
    adapter: half ? message('adapter.half', { adapter: name }) : name,
    engine: webgpuEngine(context, { algorithms: chosen, half }),
    matrixRate: () => matrixRate(context, MEASURED_SIDE[kind]),
  };
}

/** The cache key: the adapter as far as the browser names it, its limits, the precision, and the digest of the kernels' sources. */
function keyOf({ info, limits }: GPUAdapter, precision: Precision): string {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  const { maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize } = limits;
  return JSON.stringify([
    __WEBGPU_KERNELS__,
    [vendor, architecture, device, description, isFallbackAdapter],
    [maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize],
    precision,
  ]);
}
