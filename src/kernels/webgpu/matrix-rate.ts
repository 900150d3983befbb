/** How fast a device multiplies matrices: what a training step on it can reach at most, for comparison. */
import { timesOf } from './fastest-algorithms';
import { Gpu } from './gpu';
import type { GpuContext } from './network';
import { directProducts, tiledProducts } from './winograd-products';

/**
 * Multiply-adds a second of a plain product of two square f32 matrices of `side`, a multiple of 4: of the faster of a
 * tiled kernel and one in registers. Throws where the device fails.
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
