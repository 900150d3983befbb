/** The two forms of a network, as trained and fused: compared on test images, and written out. */
import * as tf from '@tensorflow/tfjs-core';
import { fuseNetwork, whyNotFusable } from '../network/fuse';
import type { NetworkPlan } from '../network/plan';
import type { Images } from './images';
import { topK } from './metrics';
import { forward } from './model';
import { nextTask } from './next-task';
import type { NamedTensors } from './pass';
import type { FormReport, FuseReport, NetworkForm, WeightTensor } from './protocol';
import { readAll, shapesOf, toTensors } from './readback';
import { toTorchLayout } from './weights';

/** Test images that both forms are compared on at most. */
const COMPARED_IMAGES = 1000;

type Values = ReadonlyMap<string, Float32Array>;

/** A form's logits and how long they take, tallied over batches. */
class Form {
  private top1 = 0;
  private images = 0;
  private milliseconds = 0;

  constructor(
    private readonly plan: NetworkPlan,
    private readonly tensors: NamedTensors,
    private readonly size: Pick<FormReport, 'parameters' | 'macs'>,
  ) {}

  async logits(x: tf.Tensor4D): Promise<Float32Array> {
    const output = tf.tidy(() =>
      forward(this.plan, this.tensors, x, { kind: 'evaluation', running: this.tensors }),
    );
    const values = await output.data<'float32'>();
    output.dispose();
    return values;
  }

  /** As `logits`, and counts. */
  async tally(x: tf.Tensor4D, classes: Uint8Array): Promise<Float32Array> {
    const start = performance.now();
    const values = await this.logits(x);
    this.milliseconds += performance.now() - start;
    this.images += classes.length;
    this.top1 += topK(values, classes, 1) * classes.length;
    return values;
  }

  get report(): FormReport {
    return {
      ...this.size,
      top1: this.top1 / this.images,
      imagesPerSecond: (1000 * this.images) / this.milliseconds,
    };
  }
}

/** Fuses a network and runs both forms on the test images, taking turns. `state` holds parameters and running statistics; it stays. */
export async function compareForms(
  plan: NetworkPlan,
  state: NamedTensors,
  images: Images,
  step: number,
): Promise<{ report: FuseReport | null; reason: string }> {
  const reason = whyNotFusable(plan);
  if (reason !== null) return { report: null, reason };
  const fused = fuseNetwork(plan, await readAll(state));
  const { cost } = plan;
  const fusedTensors = toTensors(fused.plan, fused.values);
  const forms = [
    new Form(plan, state, { parameters: cost.parameters, macs: cost.macs }),
    new Form(fused.plan, fusedTensors, {
      parameters: fused.plan.cost.parameters,
      macs: fused.plan.cost.macs,
    }),
  ] as const;
  let largestDifference = 0;
  let largestLogit = 0;
  let count = 0;
  try {
    for (const { x, classes } of images.testBatches(COMPARED_IMAGES)) {
      // The first pass compiles kernels on a GPU; it is not timed.
      if (count === 0) for (const form of forms) await form.logits(x);
      const [a, b] = [await forms[0].tally(x, classes), await forms[1].tally(x, classes)];
      x.dispose();
      count += classes.length;
      for (let i = 0; i < a.length; i++) {
        largestDifference = Math.max(largestDifference, Math.abs(a[i]! - b[i]!));
        largestLogit = Math.max(largestLogit, Math.abs(a[i]!));
      }
      await nextTask();
    }
  } finally {
    tf.dispose([...fusedTensors.values()]);
  }
  const [trained, after] = [forms[0].report, forms[1].report];
  return {
    report: { step, images: count, largestDifference, largestLogit, trained, fused: after },
    reason: '',
  };
}

/** The weights of a form with PyTorch's names and layout. */
export async function weightsOf(
  plan: NetworkPlan,
  state: NamedTensors,
  form: NetworkForm,
): Promise<{ tensors: WeightTensor[] | null; reason: string }> {
  const values = await readAll(state);
  if (form === 'trained') return { tensors: named(plan, values), reason: '' };
  const reason = whyNotFusable(plan);
  if (reason !== null) return { tensors: null, reason };
  const fused = fuseNetwork(plan, values);
  return { tensors: named(fused.plan, fused.values), reason: '' };
}

const named = (plan: NetworkPlan, values: Values): WeightTensor[] =>
  shapesOf(plan).map(([name, shape]) => ({ name, ...toTorchLayout(shape, values.get(name)!) }));
