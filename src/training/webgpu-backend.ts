/** Starts our own WebGPU kernels on the browser's adapter. */
import { DEFAULT_EXPERIMENT, type Experiment } from '../experiment/settings';
import { contextOf, type GpuContext } from '../kernels/webgpu/network';
import type { ConvolutionVariant } from '../kernels/webgpu/step-plan';
import { initialValues } from '../network/initial-values';
import { planNetwork } from '../network/plan-network';
import type { Engine } from './trainer';
import { webgpuEngine } from './webgpu-trainer';

/** What an adapter may have more of than WebGPU guarantees, and large networks need. */
const LIMITS = ['maxStorageBufferBindingSize', 'maxBufferSize'] as const;

/** A software adapter counts only where it is `askedFor`. Convolutions are computed as `variant` says, or in the way that is faster here. Throws where there is no adapter, or it gives no device. */
export async function startWebgpu(
  askedFor: boolean,
  variant?: ConvolutionVariant,
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
  const chosen = variant ?? (isFallbackAdapter ? 'direct' : await fasterVariant(context));
  return { adapter: name, engine: webgpuEngine(context, chosen) };
}

/** Measures both ways to compute convolutions on a small network: a tenth of a second on a GPU, once. */
export async function fasterVariant(
  context: GpuContext,
  shape = { batch: 64, side: 32 },
): Promise<ConvolutionVariant> {
  const experiment = { ...DEFAULT_EXPERIMENT, ...MEASURED };
  const plan = planNetwork(experiment, 10, shape.side);
  const values = initialValues(plan, 1);
  const { batch, side } = shape;
  const images = new Float32Array(batch * side * side * 3).fill(0.5);
  const classes = new Uint8Array(batch);
  const times = new Map<ConvolutionVariant, number>();
  for (const variant of ['tiled', 'direct'] as const) {
    const trainer = webgpuEngine(context, variant).trainer(plan, shape, experiment, values);
    const steps = async (count: number) => {
      const all = Array.from({ length: count }, () => trainer.step(images, classes, 0).numbers);
      await Promise.all(all);
    };
    await steps(2);
    const start = performance.now();
    await steps(4);
    times.set(variant, performance.now() - start);
    trainer.dispose();
  }
  return times.get('direct')! < times.get('tiled')! ? 'direct' : 'tiled';
}

const MEASURED = {
  family: 'repvgg',
  depths: [2, 2],
  widths: [16, 32],
  strides: [1, 2],
  conv3x3: 'none',
  conv1x1: 'off',
  identity: 'off',
  norm: 'post',
} as const satisfies Partial<Experiment>;
