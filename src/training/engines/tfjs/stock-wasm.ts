/**
 * TensorFlow.js' own wasm backend, which the benchmark compares with the lab's: its SIMD binary, and a gradient of convolution
 * kernels, which the backend lacks. Loaded only when it is timed.
 */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { env } from '@tensorflow/tfjs-core';
import { registerComposedFilterGradient } from '../../../kernels/tfjs/filter-gradient';

// Threads are off: the backend starts them from the source text of a function, which minification breaks. They would save a
// tenth at most, because most of a training step is in kernels with one thread.
env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
// The backend requires a path per binary; only the one with SIMD is used.
setWasmPaths({
  'tfjs-backend-wasm.wasm': simd,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': simd,
});
registerComposedFilterGradient('wasm');
