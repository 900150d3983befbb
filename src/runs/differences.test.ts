import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT, SETTING_KEYS } from '../experiment/settings';
import { differenceTable, namesOf } from './differences';

const base = DEFAULT_EXPERIMENT;

describe('the table of differences', () => {
  test('has the settings that are not the same in all, in the panel’s words and order', () => {
    const runs = [base, { ...base, batch: 32 }, { ...base, norm: 'post' as const, depths: [1, 1, 1] }];
    expect(differenceTable(runs)).toMatchObject([
      { key: 'depths', label: 'Depths', values: ['3,4,4', '3,4,4', '1,1,1'] },
      { key: 'norm', values: ['None', 'None', expect.any(String)] },
      { key: 'batch', label: 'Batch size (images)', values: ['64', '32', '64'] },
    ]);
  });

  test('is empty for one run and for equal ones', () => {
    expect(differenceTable([])).toEqual([]);
    expect(differenceTable([base])).toEqual([]);
    expect(differenceTable([base, { ...base, depths: [...base.depths] }])).toEqual([]);
  });

  test('leaves out no setting that differs, whichever run has it', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ lr: fc.nat(2), seed: fc.nat(2) }), { minLength: 2 }), (changes) => {
        const runs = changes.map((change) => ({ ...base, ...change }));
        const expected = SETTING_KEYS.filter((key) => new Set(runs.map((run) => String(run[key]))).size > 1);
        expect(differenceTable(runs).map(({ key }) => key)).toEqual(expected);
      }),
    );
  });
});

test('names say what runs differ in, instruments and backend left out', () => {
  const runs = [base, { ...base, lr: 0.1, rms: false, backend: 'cpu' as const }];
  expect(namesOf(runs, 'All')).toEqual(['Learning rate 0.3', 'Learning rate 0.1']);
  expect(namesOf([base, { ...base, rms: false }], 'All')).toEqual(['All', 'All']);
});
