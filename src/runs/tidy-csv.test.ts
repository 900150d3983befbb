import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InstrumentSeries } from '../instruments/series';
import { STATISTICS } from '../instruments/statistics';
import { numberCell, textCell } from './csv-cell';
import { exampleState } from './example-state';
import { tidyCsv } from './tidy-csv';

/** Rows and cells of RFC 4180 text. */
function parsed(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let found = cell.exec(text); found; found = cell.exec(text)) {
    rows.at(-1)!.push(found[1]?.replaceAll('""', '"') ?? found[2]!);
    if (found[3] === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('a text cell', () => {
  test('comes back as it was, whatever is in it, and runs in no spreadsheet', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '"', ',', '\r', '\n', '\t', 'a') }),
        (text) => {
          const [[cell]] = parsed(`${textCell(text)}\r\n`) as [[string]];
          expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
          expect(cell === text || cell === `'${text}`).toBe(true);
        },
      ),
    );
    expect(textCell('=HYPERLINK("x")')).toBe(`"'=HYPERLINK(""x"")"`);
    expect(textCell('Factor k 2')).toBe('Factor k 2');
  });

  test('is not made of a number: minus stays', () => {
    expect([numberCell(-1.5), numberCell(NaN), numberCell(1e-9)]).toEqual(['-1.5', '', '1e-9']);
  });
});

describe('the tidy table', () => {
  const run = exampleState({ layers: 2, steps: 50 });

  test('has a line for each number, scalars without layer and branch', () => {
    const rows = parsed([...tidyCsv([{ name: 'A, "first"', run }])].join(''));
    expect(rows[0]).toEqual(['run', 'step', 'layer', 'branch', 'statistic', 'value']);
    expect(rows.every((row) => row.length === 6)).toBe(true);
    expect(rows).toHaveLength(1 + 5 * 50 + 2 * 3 + 6 * STATISTICS.length * 50);
    expect(rows).toContainEqual(['A, "first"', '0', '', '', 'lr', '0.1']);
    expect(rows).toContainEqual(['A, "first"', '50', '', '', 'test_top1', '0.25']);
    expect(rows).toContainEqual(['A, "first"', '37', '2', 'identity', 'mean', '0.72']);
  });

  test('names losses to the last bit', () => {
    const rows = parsed([...tidyCsv([{ name: 'A', run }])].join('')).filter((row) => row[4] === 'loss');
    const losses = run.series.scalar('loss');
    expect(rows.every((row, step) => Math.fround(Number(row[5])) === losses[step])).toBe(true);
  });

  test('leaves gaps out, tells equal names apart, and guards them', () => {
    const branched = exampleState({ layers: 1, steps: 50, from: 20 });
    const rows = parsed(
      [
        ...tidyCsv([
          { name: '-x', run: branched },
          { name: '-x', run: branched },
        ]),
      ].join(''),
    );
    expect(new Set(rows.slice(1).map((row) => row[0]))).toEqual(new Set(["'-x", "'-x (2)"]));
    expect(Math.min(...rows.slice(1).map((row) => Number(row[1])))).toBe(20);
  });

  test('has what instruments measured, with the instrument’s name', () => {
    const columns = [
      { instrument: 'gradients', quantity: 'gradient', layer: 0, part: 'conv3x3', copy: 1 },
      { instrument: 'channels', quantity: 'channel', layer: 1, part: 'identity', copy: 0, channel: 3 },
    ] as const;
    const instruments = new InstrumentSeries(columns);
    instruments.append({ step: 10, values: Float32Array.of(0.5, -2), milliseconds: {} });
    const text = [...tidyCsv([{ name: 'A', run: { ...run, instruments } }])].join('');
    expect(text).toContain('\r\nA,10,1,conv3x3 copy 2,gradients.gradient,0.5\r\n');
    expect(text).toContain('\r\nA,10,2,identity,channels.channel.4,-2\r\n');
  });

  test('comes in chunks that end with whole lines', () => {
    const chunks = [...tidyCsv([{ name: 'A', run: exampleState({ layers: 8, steps: 400 }) }])];
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.every((chunk) => chunk.endsWith('\r\n') && chunk.length < 300_000)).toBe(true);
  });
});
