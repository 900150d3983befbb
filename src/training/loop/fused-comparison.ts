/** Compares the two forms of a network, trained and fused, on test images. */
import { fuseNetwork, whyNotFusable } from '../../network/fuse';
import type { NetworkPlan } from '../../network/plan';
import { IMAGE_SIDE } from '../../data/dataset';
import { EVALUATION_BATCH, type RunImages } from './run-images';
import { topK } from '../metrics';
import { nextTask } from './next-task';
import type { FormReport, FuseReport, Reply } from '../protocol';
import type { Engine, Evaluator, Values } from '../trainer';

/** Number of test images in the comparison at most. */
const MAX_IMAGES = 1000;

/** Logits of one form, with its accuracy and speed over all batches. */
class Form {
  private top1 = 0;
  private images = 0;
  private milliseconds = 0;

  constructor(
    private readonly network: Evaluator,
    private readonly size: Pick<FormReport, 'parameters' | 'macs'>,
  ) {}

  logits(images: Float32Array): Promise<Float32Array> {
    return this.network.evaluate(images);
  }

  /** Logits [n, classes] of a batch that counts for the report. */
  async measure(images: Float32Array, classes: Uint8Array): Promise<Float32Array> {
    const start = performance.now();
    const values = await this.logits(images);
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

/** Fuses a network with these values, and evaluates both forms on the test images, alternating by batch. */
export async function compareForms(
  engine: Engine,
  plan: NetworkPlan,
  values: Values,
  images: RunImages,
  step: number,
): Promise<Reply<FuseReport>> {
  const reason = whyNotFusable(plan);
  if (reason !== null) return { result: null, reason };
  const fused = fuseNetwork(plan, values);
  const shape = { batch: EVALUATION_BATCH, side: IMAGE_SIDE };
  const sizeOf = ({ cost }: NetworkPlan) => ({ parameters: cost.parameters, macs: cost.macs });
  const networks = [
    engine.evaluator(plan, shape, values),
    engine.evaluator(fused.plan, shape, fused.values),
  ] as const;
  const forms = [new Form(networks[0], sizeOf(plan)), new Form(networks[1], sizeOf(fused.plan))] as const;
  let largestDifference = 0;
  let largestLogit = 0;
  let count = 0;
  try {
    for (const { images: batch, classes } of images.testBatches(MAX_IMAGES)) {
      // The first pass compiles kernels on a GPU; it is not timed.
      if (count === 0) for (const form of forms) await form.logits(batch);
      const [a, b] = [await forms[0].measure(batch, classes), await forms[1].measure(batch, classes)];
      count += classes.length;
      for (let i = 0; i < a.length; i++) {
        largestDifference = Math.max(largestDifference, Math.abs(a[i]! - b[i]!));
        largestLogit = Math.max(largestLogit, Math.abs(a[i]!));
      }
      await nextTask();
    }
  } finally {
    for (const network of networks) network.dispose();
  }
  const [trained, after] = [forms[0].report, forms[1].report];
  return { result: { step, images: count, largestDifference, largestLogit, trained, fused: after } };
}
