/** Starts TensorFlow.js on one of its backends, with what the lab adds to it. Loaded only where one of them is used. */
import { message, MessageError } from '../../../language/message';
import * as tf from '@tensorflow/tfjs-core';
import { registerStockChannels } from '../../../kernels/tfjs/channels';
import { tfjsEngine } from './trainer';
import type { Engine } from '../../trainer';

export type TfjsBackend = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** Steps whose numbers may still be on their way back from a GPU. */
const GPU_STEPS_IN_FLIGHT = 3;

const LOADERS: Record<TfjsBackend, () => Promise<unknown>> = {
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
  wasm: () => import('./stock-wasm'),
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
};

/** Throws where the backend does not start or has too few bits. */
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
