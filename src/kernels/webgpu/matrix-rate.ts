/** Measures matrix multiplication on a device: an upper bound for the speed of a training step. */
import { timesOf } from './fastest-algorithms';
import { Gpu } from './gpu';
import type { GpuContext } from './network';
import { directProducts, tiledProducts } from './winograd-products';

/**
 * Multiply-adds per second of a product of two square f32 matrices of size `side` (a multiple of 4), by the faster of
 * the tiled and the direct kernel. Throws if the device fails.
 */
export async function matrixRate(context: GpuContext, side: number): Promise<number> {
  const gpu = new Gpu(context.device, context.pipelines);
  const matrix = () => gpu.floats(side * side, 'measured matrix');
  const matrices = { seen: matrix(), kernel: matrix(), made: matrix() };
  const times = await timesOf(
    context,
    [tiledProducts, directProducts].map((multiply) => [
      gpu.dispatch(multiply(1, side, side, side, matrices)),
    ]),
  );
  gpu.destroy();
  if (context.failure !== null) throw new Error(`the GPU refused a test: ${context.failure}`);
  return (1000 * side ** 3) / Math.min(...times);
}
