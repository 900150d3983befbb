/** What a network answers image by image: on a run's test images, and on one brought from outside. */
import { GUESSES, surestMistakes } from '../../instruments/answers';
import type { Images } from './run-images';
import { rank } from '../metrics';
import { nextTask } from './next-task';
import type { AnswersReport, RecognitionReport, Reply } from '../protocol';
import { UNANSWERED } from '../reasons';
import type { Trainer } from '../trainer';

/** Mistakes whose images are sent along. */
const MISTAKES_SHOWN = 24;

/** Answers on all test images of the run; the reason says why there are none. */
export async function answersOn(
  trainer: Trainer,
  images: Images,
  step: number,
  stopped: () => boolean,
): Promise<Reply<AnswersReport>> {
  const count = images.testCount;
  if (count === 0) return { result: null, reason: UNANSWERED.noTestImages };
  const classes = new Uint8Array(count);
  const guesses = new Uint8Array(count * GUESSES);
  const probabilities = new Float32Array(count * GUESSES);
  let done = 0;
  for (const batch of images.testBatches()) {
    const logits = await trainer.evaluate(batch.input);
    if (!logits.every(Number.isFinite)) return { result: null, reason: UNANSWERED.notFinite };
    const ranked = rank(logits, batch.classes.length, GUESSES, batch.classes);
    classes.set(batch.classes, done);
    guesses.set(ranked.indices, done * GUESSES);
    probabilities.set(ranked.probabilities, done * GUESSES);
    done += batch.classes.length;
    await nextTask();
    if (stopped()) return { result: null, reason: UNANSWERED.stopped };
  }
  const answers = { classes, guesses, probabilities };
  const mistakes = surestMistakes(answers, MISTAKES_SHOWN);
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

/** The classes that an image from outside looks like; `pixels` as in a data set. */
export async function recognise(
  trainer: Trainer,
  images: Images,
  step: number,
  pixels: Uint8Array,
): Promise<Reply<RecognitionReport>> {
  const logits = await trainer.evaluate(images.normalised(pixels));
  if (!logits.every(Number.isFinite)) return { result: null, reason: UNANSWERED.notFinite };
  const { indices, probabilities } = rank(logits, 1, GUESSES);
  const names = [...indices].map((index) => images.fineNames[index]!);
  return { result: { step, names, probabilities } };
}

/** What of a report is handed over rather than copied. */
export const buffersIn = ({ answers, coarseOf, mistakes, pixels }: AnswersReport): Transferable[] =>
  [...Object.values(answers), coarseOf, mistakes, pixels].map(({ buffer }) => buffer as ArrayBuffer);
