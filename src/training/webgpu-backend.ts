/** Starts our own WebGPU kernels on the browser's adapter. */
import type { Engine } from './trainer';
import { webgpuEngine } from './webgpu-trainer';

/** What an adapter may have more of than WebGPU guarantees, and large networks need. */
const LIMITS = ['maxStorageBufferBindingSize', 'maxBufferSize'] as const;

/** A software adapter counts only where it is `askedFor`. Throws where there is no adapter, or it gives no device. */
export async function startWebgpu(askedFor: boolean): Promise<{ adapter: string; engine: Engine }> {
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
  return { adapter: name, engine: webgpuEngine({ device, pipelines: new Map() }) };
}
