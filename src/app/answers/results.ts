/** The results of a test for tables and matrix: counts by class and by superclass, with translated names. */
import {
  amongGuesses,
  coarsened,
  confusionOf,
  scoresOf,
  usuallyTakenFor,
  type Confusion,
  type Mix,
  type Score,
} from '../../instruments/answers';
import { plainName, spoken } from '../../data/names';
import type { AnswersReport } from '../../training/protocol';

export type Level = 'coarse' | 'fine';

export interface Row extends Score {
  label: number;
  name: string;
  /** The class's superclass; the superclass itself in its own row. */
  group: string;
  /** Share of images, 0 … 1. Of a class: the right class is one of the five likeliest. Of a superclass: the exact class is right. */
  other: number;
  usual: Mix | null;
}

export interface Results {
  images: number;
  /** Shares, 0 … 1. */
  top1: number;
  top5: number;
  coarse: number;
  confusion: Record<Level, Confusion>;
  names: Record<Level, string[]>;
  /** Names as in the data files. */
  written: Record<Level, string[]>;
  rows: Record<Level, Row[]>;
  /** Classes ordered by superclass, and the position at which each superclass begins. */
  order: number[];
  begins: number[];
}

const sum = (values: Iterable<number>) => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

export function resultsOf({ answers, fineNames, coarseNames, coarseOf }: AnswersReport): Results {
  const names = { fine: fineNames.map(spoken), coarse: coarseNames.map(spoken) };
  const fine = confusionOf(answers, fineNames.length);
  const coarse = coarsened(fine, coarseOf, coarseNames.length);
  const scores = { fine: scoresOf(fine), coarse: scoresOf(coarse) };
  const among = amongGuesses(answers, fineNames.length);
  const exact = new Uint32Array(coarseNames.length);
  scores.fine.forEach(({ right }, label) => (exact[coarseOf[label]!]! += right));
  const usual = { fine: usuallyTakenFor(fine), coarse: usuallyTakenFor(coarse) };
  const rows = (level: Level, others: Uint32Array): Row[] =>
    scores[level].map((score, label) => ({
      ...score,
      label,
      name: names[level][label]!,
      group: names.coarse[level === 'fine' ? coarseOf[label]! : label]!,
      other: score.images > 0 ? others[label]! / score.images : 0,
      usual: usual[level][label]!,
    }));
  const order = fineNames.map((_, label) => label).sort((a, b) => coarseOf[a]! - coarseOf[b]! || a - b);
  const images = answers.classes.length;
  return {
    images,
    top1: sum(exact) / images,
    top5: sum(among) / images,
    coarse: sum(scores.coarse.map(({ right }) => right)) / images,
    confusion: { fine, coarse },
    names,
    written: { fine: fineNames.map(plainName), coarse: coarseNames.map(plainName) },
    rows: { fine: rows('fine', among), coarse: rows('coarse', exact) },
    order,
    begins: coarseNames.map((_, group) => order.findIndex((label) => coarseOf[label] === group)),
  };
}
