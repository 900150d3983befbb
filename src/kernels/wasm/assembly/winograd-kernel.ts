/** Kernels of 3x3 convolutions transformed for Winograd's algorithm, before the forward pass and for the input's gradient. */
import { floats } from './arithmetic';
import { frequencyBytes, TILE_SCRATCH } from './layout';
import { transformTaps } from './winograd-transforms';

/**
 * U = G g Gᵀ of a kernel [9][cin][cout], as [36][cout/8][cin][8]: output panels [firstPanel, lastPanel).
 */
export function winogradKernel(scratch: usize, w: usize, u: usize, cin: i32, cout: i32, firstPanel: i32, lastPanel: i32): void {
  const tap = floats(cin * cout);
  const frequency: usize = frequencyBytes(cin * cout);
  for (let panel = firstPanel; panel < lastPanel; panel++) {
    for (let ci = 0; ci < cin; ci++) {
      for (let half = 0; half < 8; half += 4) {
        const from = w + floats(ci * cout + panel * 8 + half);
        for (let j = 0; j < 3; j++) {
          const column = from + <usize>j * tap;
          transformTaps(
            v128.load(column), v128.load(column + 3 * tap), v128.load(column + 6 * tap),
            scratch + (<usize>j << 4), 48,
          );
        }
        const to = u + floats((panel * cin + ci) * 8 + half);
        for (let i = 0; i < 6; i++) {
          const row = scratch + <usize>(i * 48);
          transformTaps(v128.load(row), v128.load(row, 16), v128.load(row, 32), to + <usize>(i * 6) * frequency, frequency);
        }
      }
    }
  }
}

/**
 * As winogradKernel, of the kernel turned by 180° with inputs and outputs exchanged, which convolves a gradient back:
 * [36][cin/8][cout][8], panels of cin. Four values at a time are gathered across the output channels.
 */
export function winogradTurnedKernel(scratch: usize, w: usize, u: usize, cin: i32, cout: i32, firstPanel: i32, lastPanel: i32): void {
  const tap = floats(cin * cout);
  const row = floats(cout);
  const frequency: usize = frequencyBytes(cin * cout);
  const gathered = scratch + TILE_SCRATCH;
  for (let panel = firstPanel; panel < lastPanel; panel++) {
    for (let co = 0; co < cout; co++) {
      for (let half = 0; half < 8; half += 4) {
        const from = w + floats((panel * 8 + half) * cout + co);
        for (let k = 0; k < 9; k++) {
          const source = from + <usize>(8 - k) * tap;
          let v = v128.load32_splat(source);
          v = v128.load_lane<f32>(source + row, v, 1);
          v = v128.load_lane<f32>(source + 2 * row, v, 2);
          v = v128.load_lane<f32>(source + 3 * row, v, 3);
          v128.store(gathered + (<usize>k << 4), v);
        }
        for (let j = 0; j < 3; j++) {
          const column = gathered + (<usize>j << 4);
          transformTaps(
            v128.load(column), v128.load(column, 48), v128.load(column, 96),
            scratch + (<usize>j << 4), 48,
          );
        }
        const to = u + floats((panel * cout + co) * 8 + half);
        for (let i = 0; i < 6; i++) {
          const at = scratch + <usize>(i * 48);
          transformTaps(v128.load(at), v128.load(at, 16), v128.load(at, 32), to + <usize>(i * 6) * frequency, frequency);
        }
      }
    }
  }
}
