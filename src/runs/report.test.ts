import fc from 'fast-check';
import { verbatim } from '../language/message';
import { describe, expect, test } from 'vitest';
import { experimentFromQuery } from '../experiment/url';
import { exampleState, type Example } from './example-state';
import { markdownReport, type Report } from './report';

const reported = (name: string, example: Example = {}) => ({ name, run: exampleState(example) });
const report = (about: Partial<Report> = {}) =>
  markdownReport({
    title: 'Early dip',
    date: '2026-11-24',
    runs: [reported('A')],
    images: [],
    lab: 'https://example.org/lab/',
    ...about,
  });
/** Rows of the first table under a heading. */
const tableUnder = (text: string, heading: string) =>
  text
    .slice(text.indexOf(`## ${heading}\n`))
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(2, -2).split(' | '));

const groups = [
  ...[0.25, 0.26, 0.27].map((top1, i) => reported(`A${i}`, { top1, experiment: { seed: i, factor: 2 } })),
  ...[0.35, 0.36, 0.37].map((top1, i) =>
    reported(`B${i}`, { top1, depth: 0.1, experiment: { seed: i, factor: 1 } }),
  ),
];

describe('a report', () => {
  test('has every run with its environment, data and a link that opens it', () => {
    const run = exampleState({ experiment: { factor: 1, lr: 0.1 } });
    const text = report({ runs: [{ name: 'A', run }] });
    expect(text).toContain('Computed by wasm, SIMD, 2 threads');
    expect(text).toContain('finished at step 60');
    const query = /\(https:\/\/example\.org\/lab\/(\?[^)]*)\)/.exec(text)![1]!;
    expect(experimentFromQuery(query).experiment).toEqual(run.experiment);
  });

  test('has a table of the settings that differ, and one of numbers', () => {
    const text = report({ runs: [reported('A'), reported('B', { experiment: { lr: 0.1 }, depth: 0 })] });
    expect(tableUnder(text, 'Settings that differ').slice(0, 3)).toEqual([
      ['Setting', 'A', 'B'],
      ['---', '---', '---'],
      ['Learning rate', '0.3', '0.1'],
    ]);
    const [head, , a, b] = tableUnder(text, 'Numbers');
    const cell = (row: string[] | undefined, name: string) => row![head!.indexOf(name)];
    expect(cell(a, 'Dip of Identity, last block')).toBe('28.00 % at 37');
    expect(cell(b, 'Dip of Identity, last block')).toBe('none');
    expect(cell(a, 'Test top-1 (%)')).toBe('25.00');
    expect(cell(a, 'Digest of the weights')).toBe('c0ffee');
  });

  test('has groups with their spread, and differences with intervals in words', () => {
    const text = report({ runs: groups });
    expect(tableUnder(text, 'Groups').slice(0, 3)).toEqual([
      ['', 'Factor k 2', 'Factor k 1'],
      ['---', '---', '---'],
      ['Test top-1 (%)', '26.00 ± 1.00 (3)', '36.00 ± 1.00 (3)'],
    ]);
    expect(text).toContain('### Factor k 1, beside Factor k 2');
    expect(text).toContain('- Test top-1 (%): higher by 10.00, 95 % interval 7.73 to 12.27');
    expect(text).toContain(
      '- Dip of Identity, last block (%): lower by 18.00, 95 % interval -18.00 to -18.00',
    );
    expect(text).toContain('- Images/s: cannot be told apart');
  });

  test('leaves unfinished runs out of the groups and says so; without repetitions there are none', () => {
    const stopped = reported('C', {
      experiment: { seed: 9, factor: 2 },
      end: { how: 'stopped', step: 5, reason: verbatim('Stopped.'), digest: null },
    });
    expect(report({ runs: [...groups, stopped] })).toContain('1 run is not in it: not finished');
    expect(report()).not.toContain('## Groups');
  });

  test('links images by the paths given', () => {
    expect(report({ images: [{ caption: 'Loss', path: 'charts/loss (1).png' }] })).toContain(
      '![Loss](charts/loss%20%281%29.png)',
    );
  });

  test('shows names as text: neither table, line nor markup comes out of them', () => {
    const odd = fc.string({
      unit: fc.constantFrom('|', '\n', '`', '<', '>', '*', '_', '[', '](x)', '\\', '&', 'a', '#'),
    });
    const shape = (text: string) =>
      text.split('\n').map((line) => line.replaceAll(/\\./g, '').split('|').length);
    fc.assert(
      fc.property(odd, (name) => {
        const text = report({
          title: name,
          runs: [reported(name), reported('B', { experiment: { lr: 1 } })],
        });
        const plain = report({ title: 'a', runs: [reported('a'), reported('B', { experiment: { lr: 1 } })] });
        expect(shape(text)).toEqual(shape(plain));
        const bare = text.replaceAll(/\\./g, '');
        expect(bare).not.toMatch(/[`<>*]/);
      }),
    );
    expect(report({ title: '<script>|`a`' })).toContain('# &lt;script&gt;\\|\\`a\\`');
  });
});
