/**
 * TensorFlow.js' own wasm backend, a peer for the benchmark: its kernels with SIMD from our own build, and a gradient of
 * convolution kernels, without which it could not train one. Loaded only where it is timed.
 */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { env } from '@tensorflow/tfjs-core';
import { registerComposedFilterGradient } from '../../../kernels/tfjs/filter-gradient';

// Its threads start from the text of one of its functions, which does not survive being minified. They would bring a
// tenth at most: most of a training step is in kernels that use one.
env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
// It insists on a path for each of its binaries; only that with SIMD is used.
setWasmPaths({
  'tfjs-backend-wasm.wasm': simd,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': simd,
});
registerComposedFilterGradient('wasm');
