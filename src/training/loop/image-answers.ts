/** What a network answers image by image: on the test images of a run, and on an image of the user. */
import { GUESSES, mostConfidentMistakes } from '../../instruments/answers';
import type { RunImages } from './run-images';
import { rank } from '../metrics';
import { nextTask } from './next-task';
import type { AnswersReport, RecognitionReport, Reply } from '../protocol';
import { message } from '../../language/message';
import type { Trainer } from '../trainer';

/** Number of mistakes whose images are part of the report. */
const MISTAKES_SHOWN = 24;

/** Classifies every test image of the run; `stopped` is asked between two batches. */
export async function classifyTestImages(
  trainer: Trainer,
  images: RunImages,
  step: number,
  stopped: () => boolean,
): Promise<Reply<AnswersReport>> {
  const count = images.testCount;
  if (count === 0) return { result: null, reason: message('answer.noTestImages') };
  const classes = new Uint8Array(count);
  const guesses = new Uint8Array(count * GUESSES);
  const probabilities = new Float32Array(count * GUESSES);
  let done = 0;
  for (const batch of images.testBatches()) {
    const logits = await trainer.evaluate(batch.input);
    if (!logits.every(Number.isFinite)) return { result: null, reason: message('answer.notFinite') };
    const ranked = rank(logits, batch.classes.length, GUESSES, batch.classes);
    classes.set(batch.classes, done);
    guesses.set(ranked.indices, done * GUESSES);
    probabilities.set(ranked.probabilities, done * GUESSES);
    done += batch.classes.length;
    await nextTask();
    if (stopped()) return { result: null, reason: message('answer.stopped') };
  }
  const answers = { classes, guesses, probabilities };
  const mistakes = mostConfidentMistakes(answers, MISTAKES_SHOWN);
  const { fineNames, coarseNames, coarseOf } = images;
  return {
    result: {
      step,
      answers,
      fineNames,
      coarseNames,
      coarseOf,
      mistakes,
      pixels: images.testPixels(mistakes),
    },
  };
}

/** Classifies one image; `pixels` are IMAGE_BYTES bytes, as in a data set. */
export async function classifyImage(
  trainer: Trainer,
  images: RunImages,
  step: number,
  pixels: Uint8Array,
): Promise<Reply<RecognitionReport>> {
  const logits = await trainer.evaluate(images.normalised(pixels));
  if (!logits.every(Number.isFinite)) return { result: null, reason: message('answer.notFinite') };
  const { indices, probabilities } = rank(logits, 1, GUESSES);
  const names = [...indices].map((index) => images.fineNames[index]!);
  return { result: { step, names, probabilities } };
}

/** The buffers of a report, for its transfer to another thread. */
export const buffersOfAnswers = ({ answers, coarseOf, mistakes, pixels }: AnswersReport): Transferable[] =>
  [...Object.values(answers), coarseOf, mistakes, pixels].map(({ buffer }) => buffer as ArrayBuffer);
