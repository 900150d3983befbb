/**
 * Chooses and starts a TensorFlow.js backend with the lab's kernels on it: WebGPU on a real adapter, then WebAssembly,
 * then WebGL, then plain JavaScript; or the one asked for. Each must pass a small sum before it is trusted.
 */
import * as tf from '@tensorflow/tfjs-core';
import threadedSimdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import plainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import { registerStockChannels } from '../kernels/channels';
import { batchNormTraining } from '../kernels/operations';
import { registerWasmChannels } from '../kernels/wasm/channels';
import { registerWasmConvolutionGradients } from '../kernels/wasm/convolution-gradients';
import { registerWasmIdentity } from '../kernels/wasm/identity';
import type { BackendName, Environment } from './protocol';

const ORDER: readonly BackendName[] = ['webgpu', 'wasm', 'webgl', 'cpu'];

const LABELS: Record<BackendName, string> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  webgl: 'WebGL',
  cpu: 'Plain JavaScript',
};

/** More threads than this gain nothing on networks of this size. */
const MOST_THREADS = 8;

/** Backends that have been started in this worker, with their adapters. */
const started = new Map<BackendName, string>();

/**
 * Makes `requested` the current backend, or with 'auto' the first in order that works. A software WebGPU adapter counts
 * only when asked for by name. Throws Error with every reason where none works.
 */
export async function activateBackend(requested: BackendName | 'auto'): Promise<Environment> {
  const passedOver: string[] = [];
  const candidates =
    requested === 'auto'
      ? ORDER
      : [requested, ...ORDER.filter((name) => name !== requested && name !== 'webgpu')];
  for (const backend of candidates) {
    try {
      const adapter = started.get(backend) ?? (await STARTERS[backend](requested === backend));
      await tf.setBackend(backend);
      if (!started.has(backend)) await checkArithmetic();
      started.set(backend, adapter);
      const chosen =
        requested === backend
          ? `${LABELS[backend]} was asked for.`
          : passedOver.length === 0
            ? 'The fastest backend works here.'
            : '';
      return {
        backend,
        adapter,
        reason: [...passedOver, chosen || `${LABELS[backend]} is the next in order.`].join(' '),
      };
    } catch (error) {
      passedOver.push(
        `${LABELS[backend]} is not used: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  throw new Error(`No backend works in this browser. ${passedOver.join(' ')}`);
}

/** Loads a backend, registers the lab's kernels on it and starts it; resolves to its adapter's name, throws where it cannot. */
const STARTERS: Record<BackendName, (askedFor: boolean) => Promise<string>> = {
  async webgpu(askedFor) {
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
    await import('@tensorflow/tfjs-backend-webgpu');
    registerStockChannels('webgpu');
    await start('webgpu');
    return name;
  },

  async wasm() {
    const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setWasmPaths({
      'tfjs-backend-wasm.wasm': plainUrl,
      'tfjs-backend-wasm-simd.wasm': simdUrl,
      'tfjs-backend-wasm-threaded-simd.wasm': threadedSimdUrl,
    });
    const cores = navigator.hardwareConcurrency || 1;
    const threads = Math.min(cores, MOST_THREADS);
    if (globalThis.crossOriginIsolated) {
      // The backend clamps its threads to half of hardwareConcurrency (tfjs 4.22), so it is told twice as many cores.
      Object.defineProperty(Object.getPrototypeOf(navigator), 'hardwareConcurrency', {
        get: () => 2 * threads,
        configurable: true,
      });
      setThreadsCount(threads);
    }
    registerWasmIdentity();
    registerWasmChannels();
    registerWasmConvolutionGradients();
    await start('wasm');
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    const threaded =
      globalThis.crossOriginIsolated && (await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'));
    const threadsLabel = threaded
      ? `${threads} ${threads === 1 ? 'thread' : 'threads'}`
      : '1 thread (the page is not cross-origin isolated)';
    return `${simd ? 'SIMD' : 'no SIMD'}, ${threadsLabel}`;
  },

  async webgl() {
    await import('@tensorflow/tfjs-backend-webgl');
    registerStockChannels('webgl');
    await start('webgl');
    if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) throw new Error('it offers 16-bit numbers only.');
    return `WebGL ${tf.env().getNumber('WEBGL_VERSION')}`;
  },

  async cpu() {
    await import('@tensorflow/tfjs-backend-cpu');
    registerStockChannels('cpu');
    await start('cpu');
    return '1 thread';
  },
};

async function start(backend: BackendName): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error('it did not start.');
  await tf.ready();
}

/** A convolution, a batch norm and their gradients with a known answer: a driver that gets them wrong is not used. */
async function checkArithmetic(): Promise<void> {
  const [x, kernel, gamma, beta] = [
    tf.ones([2, 4, 4, 2]),
    tf.ones([3, 3, 2, 2]),
    tf.ones([2]),
    tf.fill([2], 0.5),
  ];
  try {
    const { value, grads } = tf.valueAndGrads((k: tf.Tensor, g: tf.Tensor, b: tf.Tensor) => {
      const y = tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, 1, 1);
      const z = batchNormTraining(y, g as tf.Tensor1D, b as tf.Tensor1D, (mean, variance) =>
        tf.dispose([mean, variance]),
      );
      return tf.sum(tf.add(y, z));
    })([kernel, gamma, beta]);
    // Σy = 2 images · 2 · 2 channels · 100 = 800 and Σz = 64 β = 32; the centre tap sees each of the 32 pixels once.
    const [sum] = await value.data();
    const kernelGradient = await grads[0]!.data();
    const betaGradient = await grads[2]!.data();
    tf.dispose([value, ...grads]);
    const right =
      Math.abs(sum! - (800 + 32)) < 0.1 &&
      Math.abs(kernelGradient[16]! - 32) < 0.01 &&
      Math.abs(betaGradient[0]! - 32) < 0.01;
    if (!right)
      throw new Error(
        `a test sum came out wrong (${sum}, ${kernelGradient[16]}, ${betaGradient[0]} instead of 832, 32, 32).`,
      );
  } finally {
    tf.dispose([x, kernel, gamma, beta]);
  }
}
