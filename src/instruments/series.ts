/** The measurements of a run, in the order of their steps. */
import type { InstrumentColumn, Measurement, Part, Quantity } from './measurement';

export class InstrumentSeries {
  private readonly rows: Measurement[] = [];

  constructor(readonly columns: readonly InstrumentColumn[] = []) {}

  append(measurement: Measurement): void {
    this.rows.push(measurement);
  }

  /** Removes the measurements from a step on. */
  truncate(step: number): void {
    const kept = this.rows.findIndex((row) => row.step >= step);
    if (kept >= 0) this.rows.length = kept;
  }

  /** The measurements up to a step. Read-only, because the measurements are shared. */
  upTo(step: number): InstrumentSeries {
    const measured = new InstrumentSeries(this.columns);
    for (const row of this.rows) if (row.step <= step) measured.rows.push(row);
    return measured;
  }

  get count(): number {
    return this.rows.length;
  }

  get measurements(): readonly Measurement[] {
    return this.rows;
  }

  /** The measured steps. */
  get steps(): number[] {
    return this.rows.map(({ step }) => step);
  }

  /** Indices of the columns of a quantity, narrowed by layer and part where given, in the order of the layers. */
  find(quantity: Quantity, about: { layer?: number; part?: Part } = {}): number[] {
    return this.columns.flatMap((column, k) =>
      column.quantity === quantity &&
      (about.layer === undefined || column.layer === about.layer) &&
      (about.part === undefined || column.part === about.part)
        ? [k]
        : [],
    );
  }

  /** A column's values, one for each measured step. */
  column(index: number): Float32Array {
    return Float32Array.from(this.rows, ({ values }) => values[index]!);
  }

  /** The last value of a column; NaN before the first measurement. */
  latest(index: number): number {
    return this.rows.at(-1)?.values[index] ?? NaN;
  }
}
