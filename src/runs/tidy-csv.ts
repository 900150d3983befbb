/** Runs as one tidy table with one line per number, for R, pandas and spreadsheets. */
import { scalarFormat, SCALARS } from '../instruments/scalars';
import { STATISTICS } from '../instruments/statistics';
import { numberCell, textCell } from './csv-cell';
import type { RunState } from './record';

export type TidyRun = Pick<RunState, 'curves' | 'series' | 'evaluations' | 'instruments'>;

/** Characters of a chunk, about. */
const CHUNK = 1 << 18;
/** Names float32 exactly, so that a loss can be compared bit by bit. */
const EXACT = 9;

/**
 * CSV (RFC 4180) with the columns run, step, layer, branch, statistic, value, in chunks of about 256 thousand characters;
 * each ends with a whole line. Layers count from 1; a second copy of a branch is "conv3x3 copy 2". Scalars have neither
 * layer nor branch; accuracies are shares, 0 … 1, and the results of evaluations are test_loss, test_top1, test_top5. What
 * instruments measured has the instrument before its name: "gradients.gradient", by channel "channels.channel.4". Numbers
 * that are not finite (gaps) have no line. Runs of the same name are told apart by " (2)", " (3)".
 */
export function* tidyCsv(runs: Iterable<{ name: string; run: TidyRun }>): Generator<string, void> {
  const taken = new Set<string>();
  let text = 'run,step,layer,branch,statistic,value\r\n';
  for (const { name, run } of runs) {
    for (const line of linesOf(textCell(distinct(name, taken)), run)) {
      text += line;
      if (text.length >= CHUNK) {
        yield text;
        text = '';
      }
    }
  }
  if (text !== '') yield text;
}

function distinct(name: string, taken: Set<string>): string {
  let found = name;
  for (let i = 2; taken.has(found); i++) found = `${name} (${i})`;
  taken.add(found);
  return found;
}

const branchOf = (branch: string, copy: number) => (copy > 0 ? `${branch} copy ${copy + 1}` : branch);

function* linesOf(name: string, run: TidyRun): Generator<string, void> {
  const { series, instruments } = run;
  const line = (step: number, about: string, value: number, digits?: number) => {
    const written = numberCell(value, digits);
    return written === '' ? '' : `${name},${step},${about},${written}\r\n`;
  };
  for (const scalar of SCALARS) {
    const values = series.scalar(scalar);
    for (let step = 0; step < values.length; step++)
      yield line(step, `,,${scalar}`, values[step]!, scalarFormat(scalar).exact ? EXACT : undefined);
  }
  for (const { step, loss, top1, top5 } of run.evaluations) {
    yield line(step, ',,test_loss', loss, EXACT);
    yield line(step, ',,test_top1', top1);
    yield line(step, ',,test_top5', top5);
  }
  for (const [k, { layer, panel, copy }] of run.curves.entries()) {
    const place = `${layer + 1},${textCell(branchOf(panel, copy))}`;
    for (const statistic of STATISTICS) {
      const values = series.curve(k, statistic);
      const about = `${place},${statistic}`;
      for (let step = 0; step < values.length; step++) yield line(step, about, values[step]!);
    }
  }
  for (const [k, column] of instruments.columns.entries()) {
    const { instrument, quantity, layer, part, copy, channel } = column;
    const what = `${instrument}.${quantity}${channel === undefined ? '' : `.${channel + 1}`}`;
    const about = `${layer + 1},${textCell(branchOf(part, copy))},${textCell(what)}`;
    for (const { step, values } of instruments.measurements) yield line(step, about, values[k]!);
  }
}
