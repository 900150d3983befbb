/** Counts of a network's answers on labelled images: accuracy per class and superclass, confusions, and confident mistakes. */

/** Number of classes that are stored per image, most probable first. */
export const GUESSES = 5;

/** Answers on n images. */
export interface Answers {
  /** The right class of each. */
  classes: Uint8Array;
  /** The GUESSES most probable classes of each, most probable first. */
  guesses: Uint8Array;
  /** Their probabilities, 0 … 1. */
  probabilities: Float32Array;
}

/** Confusion matrix [n][n]: the row is the right class, the column the most probable one. */
export interface Confusion {
  size: number;
  counts: Uint32Array;
}

export interface Score {
  /** Number of images of the class, and of those that are classified correctly. */
  images: number;
  right: number;
  /** 95 % interval of the accuracy, 0 … 1. */
  low: number;
  high: number;
}

/** One class taken for another. */
export interface Mix {
  truth: number;
  guess: number;
  count: number;
  /** Images of the right class. */
  of: number;
}

export function confusionOf({ classes, guesses }: Answers, size: number): Confusion {
  const counts = new Uint32Array(size * size);
  classes.forEach((truth, i) => counts[truth * size + guesses[i * GUESSES]!]!++);
  return { size, counts };
}

/** The same counts by superclass; `coarseOf` gives each class's. */
export function coarsened({ size, counts }: Confusion, coarseOf: Uint8Array, coarseSize: number): Confusion {
  const sums = new Uint32Array(coarseSize * coarseSize);
  counts.forEach((count, at) => {
    const [truth, guess] = [coarseOf[Math.floor(at / size)]!, coarseOf[at % size]!];
    sums[truth * coarseSize + guess]! += count;
  });
  return { size: coarseSize, counts: sums };
}

const rowOf = ({ size, counts }: Confusion, truth: number) =>
  counts.subarray(truth * size, (truth + 1) * size);

/** Images of a class. */
export const imagesOf = (confusion: Confusion, truth: number): number =>
  rowOf(confusion, truth).reduce((sum, count) => sum + count, 0);

/** Each class's score. */
export const scoresOf = (confusion: Confusion): Score[] =>
  Array.from({ length: confusion.size }, (_, truth) => {
    const images = imagesOf(confusion, truth);
    const right = rowOf(confusion, truth)[truth]!;
    const [low, high] = wilson(right, images);
    return { images, right, low, high };
  });

/** Number of images per class whose right class is among the GUESSES most probable. */
export function amongGuesses({ classes, guesses }: Answers, size: number): Uint32Array {
  const found = new Uint32Array(size);
  classes.forEach((truth, i) => {
    if (guesses.subarray(i * GUESSES, (i + 1) * GUESSES).includes(truth)) found[truth]!++;
  });
  return found;
}

/** The class that each class is most often mistaken for; null for a class without mistakes. */
export const usuallyTakenFor = (confusion: Confusion): (Mix | null)[] =>
  Array.from({ length: confusion.size }, (_, truth) => {
    const row = rowOf(confusion, truth);
    let guess = -1;
    row.forEach((count, other) => {
      if (other !== truth && count > (row[guess] ?? 0)) guess = other;
    });
    return guess < 0 ? null : { truth, guess, count: row[guess]!, of: imagesOf(confusion, truth) };
  });

/** The most frequent confusions, most frequent first. */
export function largestMixes(confusion: Confusion, limit: number): Mix[] {
  const { size, counts } = confusion;
  const mixes: Mix[] = [];
  counts.forEach((count, at) => {
    const [truth, guess] = [Math.floor(at / size), at % size];
    if (truth !== guess && count > 0) mixes.push({ truth, guess, count, of: imagesOf(confusion, truth) });
  });
  return mixes.sort((a, b) => b.count - a.count || b.count / b.of - a.count / a.of).slice(0, limit);
}

/** Indices of the mistakes with the highest probability, highest first. */
export function mostConfidentMistakes(
  { classes, guesses, probabilities }: Answers,
  limit: number,
): Uint32Array {
  const wrong = Array.from(classes, (_, i) => i).filter((i) => guesses[i * GUESSES] !== classes[i]);
  wrong.sort((a, b) => probabilities[b * GUESSES]! - probabilities[a * GUESSES]!);
  return Uint32Array.from(wrong.slice(0, limit));
}

/** 95 % interval of a share, `right` of `images` (Wilson 1927); 0 … 1 where there are no images. */
export function wilson(right: number, images: number): [number, number] {
  if (images === 0) return [0, 1];
  const z = 1.96;
  const share = right / images;
  const scale = 1 + (z * z) / images;
  const centre = (share + (z * z) / (2 * images)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / images + (z * z) / (4 * images * images));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
