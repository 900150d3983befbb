/** The end of the network: mean over the pixels, linear layer, cross-entropy, and the way back. */
import { exponential, floats, logarithm, multiplyAdd, pixel } from './arithmetic';

/** features [n, channels] = mean of x over its pixels; logits [n, columns] = features · weight [channels][columns] + bias. */
export function headForward(
  first: i32, last: i32, chunk: i32, scratch: usize,
  x: usize, features: usize, weight: usize, bias: usize, logits: usize, size: i32, channels: i32, columns: i32,
): void {
  const share = f32x4.splat(<f32>(1.0 / <f64>(size * size)));
  for (let n = first; n < last; n++) {
    const feature = features + floats(n * channels);
    for (let c = 0; c < channels; c += 4) {
      let sum = f32x4.splat(0);
      for (let i = 0; i < size; i++) {
        let at = pixel(x, n, i, 0, size, channels) + floats(c);
        for (let j = 0; j < size; j++) {
          sum = f32x4.add(sum, v128.load(at));
          at += floats(channels);
        }
      }
      v128.store(feature + floats(c), f32x4.mul(sum, share));
    }
    const row = logits + floats(n * columns);
    for (let k: usize = 0; k < floats(columns); k += 16) {
      let sum = v128.load(bias + k);
      let from = weight + k;
      for (let c = 0; c < channels; c++) {
        sum = multiplyAdd(v128.load32_splat(feature + floats(c)), v128.load(from), sum);
        from += floats(columns);
      }
      v128.store(row + k, sum);
    }
  }
}

/**
 * Cross-entropy of logits against (1 − smoothing)·one-hot + smoothing/classes, in nats: losses [n] float64, and the mean
 * loss's gradient dlogits = (softmax − target)/batch.
 */
export function crossEntropy(
  first: i32, last: i32, chunk: i32, scratch: usize,
  logits: usize, labels: usize, dlogits: usize, losses: usize, classes: i32, columns: i32, batch: i32, smoothing: f64,
): void {
  const even = smoothing / <f64>classes;
  for (let n = first; n < last; n++) {
    const row = logits + floats(n * columns);
    const to = dlogits + floats(n * columns);
    const label = load<i32>(labels + (<usize>n << 2));
    let most = -Infinity;
    for (let k = 0; k < classes; k++) most = max<f64>(most, <f64>load<f32>(row + floats(k)));
    let sum: f64 = 0;
    for (let k = 0; k < classes; k++) sum += exponential(<f64>load<f32>(row + floats(k)) - most);
    const total = logarithm(sum);
    let loss: f64 = 0;
    for (let k = 0; k < classes; k++) {
      const shifted = <f64>load<f32>(row + floats(k)) - most;
      const target = even + (k == label ? 1 - smoothing : 0);
      loss += target * (total - shifted);
      store<f32>(to + floats(k), <f32>((exponential(shifted) / sum - target) / <f64>batch));
    }
    store<f64>(losses + (<usize>n << 3), loss);
  }
}

/** The mean of losses [n], and whether it is finite, which the update asks. */
export function meanLoss(scratch: usize, losses: usize, batch: i32, loss: usize, finite: usize): void {
  let sum: f64 = 0;
  for (let n = 0; n < batch; n++) sum += load<f64>(losses + (<usize>n << 3));
  store<f64>(loss, sum / <f64>batch);
  store<i32>(finite, isFinite(sum) ? 1 : 0);
}

/** dx, and as part `chunk` the gradients of weight [channels][columns] and bias [columns]. */
export function headBackward(
  first: i32, last: i32, chunk: i32, scratch: usize,
  features: usize, weight: usize, dlogits: usize, dx: usize, dweight: usize, dbias: usize,
  size: i32, channels: i32, columns: i32,
): void {
  const share = f32x4.splat(<f32>(1.0 / <f64>(size * size)));
  const weightPart = dweight + floats(chunk * channels * columns);
  const biasPart = dbias + floats(chunk * columns);
  memory.fill(weightPart, 0, floats(channels * columns));
  memory.fill(biasPart, 0, floats(columns));
  for (let n = first; n < last; n++) {
    const row = dlogits + floats(n * columns);
    const feature = features + floats(n * channels);
    for (let k: usize = 0; k < floats(columns); k += 16) {
      v128.store(biasPart + k, f32x4.add(v128.load(biasPart + k), v128.load(row + k)));
    }
    for (let c = 0; c < channels; c++) {
      const from = weight + floats(c * columns);
      const to = weightPart + floats(c * columns);
      const value = v128.load32_splat(feature + floats(c));
      let sum = f32x4.splat(0);
      for (let k: usize = 0; k < floats(columns); k += 16) {
        const d = v128.load(row + k);
        v128.store(to + k, multiplyAdd(value, d, v128.load(to + k)));
        sum = multiplyAdd(v128.load(from + k), d, sum);
      }
      store<f32>(
        scratch + floats(c),
        (f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1)) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)),
      );
    }
    for (let i = 0; i < size; i++) {
      let at = pixel(dx, n, i, 0, size, channels);
      for (let j = 0; j < size; j++) {
        for (let c: usize = 0; c < floats(channels); c += 16) {
          v128.store(at, f32x4.mul(v128.load(scratch + c), share));
          at += 16;
        }
      }
    }
  }
}
