/** Softmax regression on pixels: a baseline for what can be learnt without recognising shapes. */
import { IMAGE_BYTES } from '../../src/data/dataset';
import type { Model } from './model';

const INPUTS = IMAGE_BYTES;

/** logits = x · W + b, W [inputs, classes], trained by SGD with momentum and weight decay; starts at 0. */
export class LinearModel implements Model {
  private readonly weights: Float32Array;
  private readonly velocity: Float32Array;
  private readonly bias: Float32Array;
  private readonly biasVelocity: Float32Array;

  constructor(
    private readonly classes: number,
    private readonly settings: { momentum: number; wd: number },
  ) {
    this.weights = new Float32Array(INPUTS * classes);
    this.velocity = new Float32Array(INPUTS * classes);
    this.bias = new Float32Array(classes);
    this.biasVelocity = new Float32Array(classes);
  }

  step(images: Float32Array, labels: Uint8Array, lr: number): Promise<Float32Array> {
    const { classes, weights, velocity, bias, biasVelocity } = this;
    const { momentum, wd } = this.settings;
    const logits = this.forward(images);
    const gradient = logitGradient(logits, labels, classes);
    const n = labels.length;
    const row = new Float32Array(classes);
    for (let p = 0; p < INPUTS; p++) {
      row.fill(0);
      for (let i = 0; i < n; i++) {
        const x = images[i * INPUTS + p]!;
        for (let c = 0, g = i * classes; c < classes; c++, g++) row[c]! += x * gradient[g]!;
      }
      for (let c = 0, w = p * classes; c < classes; c++, w++) {
        velocity[w] = momentum * velocity[w]! + row[c]! + wd * weights[w]!;
        weights[w]! -= lr * velocity[w]!;
      }
    }
    for (let c = 0; c < classes; c++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += gradient[i * classes + c]!;
      biasVelocity[c] = momentum * biasVelocity[c]! + sum;
      bias[c]! -= lr * biasVelocity[c]!;
    }
    return Promise.resolve(logits);
  }

  logits(images: Float32Array): Promise<Float32Array> {
    return Promise.resolve(this.forward(images));
  }

  private forward(images: Float32Array): Float32Array {
    const { classes, weights, bias } = this;
    const n = images.length / INPUTS;
    const logits = new Float32Array(n * classes);
    for (let i = 0; i < n; i++) logits.set(bias, i * classes);
    for (let p = 0; p < INPUTS; p++) {
      for (let i = 0; i < n; i++) {
        const x = images[i * INPUTS + p]!;
        for (let c = 0, z = i * classes, w = p * classes; c < classes; c++, z++, w++) {
          logits[z]! += x * weights[w]!;
        }
      }
    }
    return logits;
  }
}

/** Gradient of the mean cross-entropy: (softmax − one-hot) / n for each row. */
function logitGradient(logits: Float32Array, labels: Uint8Array, classes: number): Float32Array {
  const gradient = new Float32Array(logits.length);
  for (const [i, label] of labels.entries()) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const out = gradient.subarray(i * classes, (i + 1) * classes);
    const largest = Math.max(...row);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += out[c] = Math.exp(row[c]! - largest);
    for (let c = 0; c < classes; c++) out[c]! /= sum * labels.length;
    out[label]! -= 1 / labels.length;
  }
  return gradient;
}
