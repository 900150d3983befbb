/** Starts our own WebGPU kernels on the browser's adapter. */
import { fastestWays } from '../kernels/webgpu/fastest-ways';
import { contextOf } from '../kernels/webgpu/network';
import { isChoice, type ConvolutionChoice } from '../kernels/webgpu/ways';
import { remembered } from './remembered';
import type { Engine } from './trainer';
import { webgpuEngine } from './webgpu-trainer';

/** What an adapter may have more of than WebGPU guarantees, and large networks need. */
const LIMITS = ['maxStorageBufferBindingSize', 'maxBufferSize'] as const;

/** Images on which the ways to convolve are timed: enough to fill a GPU; a processor that plays one is full with few. */
const MEASURED_BATCH = { hardware: 64, software: 2 };

/**
 * A software adapter counts only where it is `askedFor`. Convolutions are computed in `ways`, or as is fastest on this
 * adapter, which is measured once and remembered. Throws where there is no adapter, or it gives no device.
 */
export async function startWebgpu(
  askedFor: boolean,
  ways?: ConvolutionChoice,
): Promise<{ adapter: string; engine: Engine }> {
  if (!('gpu' in navigator)) throw new Error('this browser has no WebGPU.');
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('the browser offers no adapter.');
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = [
    description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter',
    isFallbackAdapter ? '(software)' : '',
  ]
    .join(' ')
    .trim();
  if (isFallbackAdapter && !askedFor)
    throw new Error(`the only adapter is software (${name}), slower than WebAssembly.`);
  const requiredLimits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  const device = await adapter.requestDevice({ requiredLimits });
  const context = contextOf(device);
  const batch = isFallbackAdapter ? MEASURED_BATCH.software : MEASURED_BATCH.hardware;
  const chosen = ways ?? (await remembered(keyOf(adapter), isChoice, () => fastestWays(context, batch)));
  return { adapter: name, engine: webgpuEngine(context, chosen) };
}

/** What a measurement holds for: the adapter as far as the browser names it, its limits, and these kernels. */
function keyOf({ info, limits }: GPUAdapter): string {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  const { maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize } = limits;
  return JSON.stringify([
    __WEBGPU_KERNELS__,
    [vendor, architecture, device, description, isFallbackAdapter],
    [maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize],
  ]);
}
