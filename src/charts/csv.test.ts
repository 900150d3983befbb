import { describe, expect, it } from 'vitest';
import { chartCsv } from './csv';
import { exampleRun } from './example-run';

const rows = (csv: string) =>
  csv
    .trimEnd()
    .split('\r\n')
    .map((row) => row.split(','));

describe('the CSV of a chart', () => {
  it('has every step of every layer, not decimated', () => {
    const table = rows(chartCsv(exampleRun(3, 5000), 'identity', 'mean'));
    expect(table[0]).toEqual(['Step', 'Layer 1', 'Layer 2', 'Layer 3', 'Mean over layers']);
    expect(table).toHaveLength(5001);
    expect(table[38]!.slice(0, 4)).toEqual(['37', '1', '1', '0.72']);
  });

  it('has a row for the evaluation after the last step, and empty cells where nothing was measured', () => {
    const table = rows(chartCsv(exampleRun(3, 50), 'loss', 'mean'));
    expect(table[0]).toEqual(['Step', 'Training loss (nats)', 'Test loss (nats)']);
    expect(table[1]).toEqual(['0', '4.6', '4.7']);
    expect(table[2]![2]).toBe('');
    expect(table.at(-1)).toEqual(['50', '', '3.1']);
  });

  it('gives accuracies in per cent', () => {
    const table = rows(chartCsv(exampleRun(3, 50), 'accuracy', 'mean'));
    expect(table.at(-1)).toEqual(['50', '', '25', '50']);
  });
});
