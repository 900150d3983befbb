import { afterEach, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { setLanguage } from '../../language/language';
import { keptMessage, message, verbatim } from '../../language/message';
import { exampleState } from '../../runs/example-state';
import { markdownReport } from '../../runs/report';
import { parseValues } from '../../runs/sweep';
import { nameInWords, waitingInWords } from './sweeps';

afterEach(() => setLanguage('en'));

test('a waiting run is called as it was named, where that is no text of the lab', async () => {
  const item = { id: '1', query: '?v=1', sweep: null, runId: null };
  await setLanguage('zh');
  expect(waitingInWords({ ...item, label: keptMessage(message('queue.panel')) })).toBe('面板中的实验');
  expect(waitingInWords({ ...item, label: keptMessage(verbatim('mine {{x}}')) })).toBe('mine {{x}}');
  const sweep = { format: 'branch-lab-sweep', version: 1, base: '?v=1', axes: [], seeds: [1] } as const;
  expect(nameInWords({ ...sweep, name: 'Mine', axes: [], seeds: [1] })).toBe('Mine');
});

test('a report speaks the reader’s language, and typed values may have its commas', async () => {
  await setLanguage('zh');
  const run = exampleState({ experiment: DEFAULT_EXPERIMENT });
  const text = markdownReport({
    title: 'A',
    date: '',
    runs: [{ name: 'A', run }],
    images: [],
    lab: '',
  });
  expect(text).toContain('## 运行');
  expect(text).toContain('在第 60 步已完成');
  expect(parseValues('lr', '0.1，0.2、0.3')).toEqual({ values: ['0.1', '0.2', '0.3'], problem: null });
});
