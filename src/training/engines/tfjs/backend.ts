/** Starts TensorFlow.js on one of its backends and registers the lab's own operations. Loaded only when needed. */
import { message, MessageError } from '../../../language/message';
import * as tf from '@tensorflow/tfjs-core';
import { registerStockChannels } from '../../../kernels/tfjs/channels';
import { tfjsEngine } from './trainer';
import type { Engine } from '../../trainer';

export type TfjsBackend = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** Maximum number of steps whose results a GPU may still owe. */
const GPU_STEPS_IN_FLIGHT = 3;

const LOADERS: Record<TfjsBackend, () => Promise<unknown>> = {
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
  wasm: () => import('./stock-wasm'),
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
};

/** Throws if the backend does not start or computes in half precision. */
export async function startTfjs(backend: TfjsBackend): Promise<Engine> {
  await LOADERS[backend]();
  registerStockChannels(backend);
  if (!(await tf.setBackend(backend))) throw new MessageError(message('backend.notStarted'));
  await tf.ready();
  if (backend === 'webgl' && !tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED'))
    throw new MessageError(message('backend.halfPrecision'));
  return tfjsEngine(backend, backend === 'webgpu' ? GPU_STEPS_IN_FLIGHT : 1);
}

export const webglVersion = () => `WebGL ${tf.env().getNumber('WEBGL_VERSION')}`;
