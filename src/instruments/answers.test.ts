import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amongGuesses,
  coarsened,
  confusionOf,
  GUESSES,
  imagesOf,
  largestMixes,
  scoresOf,
  mostConfidentMistakes,
  usuallyTakenFor,
  wilson,
  type Answers,
} from './answers';

const CLASSES = 8;
const COARSE_OF = Uint8Array.of(0, 2, 1, 0, 1, 2, 2, 0);

const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
const share = (values: readonly number[]) => (values.length > 0 ? sum(values) / values.length : 0);

const image = fc.record({
  truth: fc.nat(CLASSES - 1),
  guesses: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: GUESSES, maxLength: GUESSES }),
  first: fc.double({ min: 0.2, max: 1, noNaN: true }),
});
const answers = fc.array(image, { maxLength: 60 }).map((images): Answers => ({
  classes: Uint8Array.from(images, ({ truth }) => truth),
  guesses: Uint8Array.from(images.flatMap(({ guesses }) => guesses)),
  probabilities: Float32Array.from(
    images.flatMap(({ first }) => [first, ...Array<number>(GUESSES - 1).fill((1 - first) / GUESSES)]),
  ),
}));
const firstGuess = ({ guesses }: Answers, i: number) => guesses[i * GUESSES]!;

describe('the confusion matrix', () => {
  test('has right classes in rows, answers in columns, and the accuracy on its diagonal', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const confusion = confusionOf(given, CLASSES);
        const scores = scoresOf(confusion);
        for (let c = 0; c < CLASSES; c++) {
          expect(imagesOf(confusion, c)).toBe(given.classes.filter((truth) => truth === c).length);
          const column = sum(confusion.counts.filter((_, at) => at % CLASSES === c));
          expect(column).toBe(given.classes.filter((_, i) => firstGuess(given, i) === c).length);
          expect(scores[c]!.right).toBe(confusion.counts[c * CLASSES + c]);
        }
        const hits = Array.from(given.classes, (truth, i) => Number(firstGuess(given, i) === truth));
        expect(sum(scores.map(({ right }) => right)) / Math.max(1, hits.length)).toBeCloseTo(share(hits));
        expect(sum(scores.map(({ images }) => images))).toBe(hits.length);
      }),
    );
  });

  test('by superclass equals the matrix of the answers by superclass, and its accuracy is no lower', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const fine = confusionOf(given, CLASSES);
        const coarse = coarsened(fine, COARSE_OF, 3);
        const direct = new Uint32Array(9);
        given.classes.forEach(
          (truth, i) => direct[3 * COARSE_OF[truth]! + COARSE_OF[firstGuess(given, i)]!]!++,
        );
        expect(coarse.counts).toEqual(direct);
        const right = (scores: { right: number }[]) => sum(scores.map((score) => score.right));
        expect(right(scoresOf(coarse))).toBeGreaterThanOrEqual(right(scoresOf(fine)));
      }),
    );
  });

  test('lists the most frequent confusions first, never a class with itself', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const confusion = confusionOf(given, CLASSES);
        const mixes = largestMixes(confusion, Infinity);
        const wrong = given.classes.filter((truth, i) => firstGuess(given, i) !== truth).length;
        expect(sum(mixes.map(({ count }) => count))).toBe(wrong);
        mixes.forEach((mix, i) => {
          expect(mix.truth).not.toBe(mix.guess);
          expect(mix.count).toBeLessThanOrEqual(mixes[i - 1]?.count ?? Infinity);
        });
        for (const [truth, usual] of usuallyTakenFor(confusion).entries()) {
          const all = mixes.filter((mix) => mix.truth === truth);
          expect(usual?.count ?? 0).toBe(Math.max(0, ...all.map(({ count }) => count)));
        }
        expect(largestMixes(confusion, 2)).toEqual(mixes.slice(0, 2));
      }),
    );
  });
});

test('the right class is among the guesses at least as often as it is the first', () => {
  fc.assert(
    fc.property(answers, (given) => {
      const found = amongGuesses(given, CLASSES);
      scoresOf(confusionOf(given, CLASSES)).forEach(({ right, images }, c) => {
        expect(found[c]).toBeGreaterThanOrEqual(right);
        expect(found[c]).toBeLessThanOrEqual(images);
      });
    }),
  );
});

test('the most confident mistakes are mistakes, and no other mistake is more confident', () => {
  fc.assert(
    fc.property(answers, fc.nat(10), (given, limit) => {
      const chosen = [...mostConfidentMistakes(given, limit)];
      const sureness = (i: number) => given.probabilities[i * GUESSES]!;
      const wrong = [...given.classes.keys()].filter((i) => firstGuess(given, i) !== given.classes[i]);
      expect(chosen).toHaveLength(Math.min(limit, wrong.length));
      expect(chosen.every((i) => wrong.includes(i))).toBe(true);
      expect(chosen.map(sureness)).toEqual(
        wrong
          .map(sureness)
          .sort((a, b) => b - a)
          .slice(0, limit),
      );
    }),
  );
});

describe("Wilson's interval", () => {
  test('matches published values', () => {
    // Newcombe 1998, table I: 81 of 263, and 0 of 20.
    const [low, high] = wilson(81, 263);
    expect(low).toBeCloseTo(0.2553, 4);
    expect(high).toBeCloseTo(0.3662, 4);
    expect(wilson(0, 20)[0]).toBe(0);
    expect(wilson(0, 20)[1]).toBeCloseTo(0.1611, 4);
  });

  test('contains the share, lies in 0 … 1, and narrows with more images', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
        const right = Math.round(part * n);
        const [low, high] = wilson(right, n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(right / n + 1e-9);
        expect(high).toBeGreaterThanOrEqual(right / n - 1e-9);
        expect(high).toBeLessThanOrEqual(1);
        const [lower, higher] = wilson(4 * right, 4 * n);
        expect(higher - lower).toBeLessThan(high - low);
      }),
    );
    expect(wilson(0, 0)).toEqual([0, 1]);
  });
});
