/** The numbers behind a chart of several runs as CSV. */
import { firstFinite } from '../instruments/finite-range';
import { numberCell, textCell } from '../runs/csv-cell';
import type { ChartId } from './chart-specs';
import { countedIn, isGroup, readerOf, type Overlaid, type OverlaySeries } from './overlaid';
import { combine, evaluationsOf } from './overlay-mean';

/**
 * The numbers behind the figure as CSV: every step at which any line has a value, not decimated. One column per line; for
 * a group the mean and the edges of its band.
 */
export function overlayCsv(lines: readonly Overlaid[], chart: ChartId, series: OverlaySeries): string {
  const columns: { name: string; at: Map<number, number> | ArrayLike<number> }[] = [];
  const { byStep, byEvaluation } = readerOf(chart, series);
  for (const drawn of lines) {
    const runs = countedIn(drawn);
    const add = (what: string, found: readonly ArrayLike<number>[], steps: number[] | null) => {
      const { mean, low, high } = combine(found, series.band);
      const parts = isGroup(drawn) ? { '': mean, ' low': low, ' high': high } : { '': mean };
      for (const [part, values] of Object.entries(parts)) {
        const at = steps ? new Map(steps.map((step, i) => [step, values[i]!])) : values;
        columns.push({ name: `${drawn.name}${what}${part}`, at });
      }
    };
    const found = byStep ? runs.flatMap((run) => byStep(run) ?? []) : [];
    if (found.length > 0) add(byEvaluation ? ' training' : '', found, null);
    if (byEvaluation) {
      const { steps, series: tests } = evaluationsOf(runs, byEvaluation);
      add(' test', tests, steps);
    }
  }
  const steps = new Set<number>();
  for (const { at } of columns) {
    if (at instanceof Map) for (const step of at.keys()) steps.add(step);
    else for (let step = firstFinite(at); step < at.length; step++) steps.add(step);
  }
  const rows = [...steps]
    .toSorted((a, b) => a - b)
    .map((step) =>
      [
        step,
        ...columns.map(({ at }) => numberCell((at instanceof Map ? at.get(step) : at[step]) ?? NaN)),
      ].join(','),
    );
  return [['Step', ...columns.map(({ name }) => textCell(name))].join(','), ...rows, ''].join('\r\n');
}
