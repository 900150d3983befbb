/** Loss and accuracy of a network on the test images, in evaluation mode. */
import type { RunImages } from './run-images';
import { meanCrossEntropy, topK } from '../metrics';
import { nextTask } from './next-task';
import type { Evaluation } from '../protocol';
import type { Trainer } from '../trainer';

/** Evaluates on the run's test images; resolves to null where `stopped` returns true between two batches. */
export async function evaluate(
  trainer: Trainer,
  images: RunImages,
  step: number,
  stopped: () => boolean,
): Promise<Evaluation | null> {
  let loss = 0;
  let top1 = 0;
  let top5 = 0;
  for (const { input, classes } of images.testBatches()) {
    const logits = await trainer.evaluate(input);
    const share = classes.length / images.testCount;
    loss += share * meanCrossEntropy(logits, classes);
    top1 += share * topK(logits, classes, 1);
    top5 += share * topK(logits, classes, 5);
    await nextTask();
    if (stopped()) return null;
  }
  return { step, images: images.testCount, loss, top1, top5 };
}
