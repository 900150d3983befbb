/** Messages in files and stores: those of version 3 outlive their English sentences, older ones are migrated. */
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { i18n, setLanguage } from '../../language/language';
import { messageInEnglish } from '../../language/message';
import { messageText } from '../../language/message-text';
import { MESSAGES } from '../../language/messages';
import { aboutOf, readAbout, runOf } from './safetensors-metadata';
import { closeHistory, findRun, listRuns, loadRun, remark } from '../history/store';
import { fromRecord, toRecord } from '../record';
import { parseRecord } from '../record-schema';
import { readReplay } from '../replay-file';
import { resultLink } from '../result-link';
import { parseResultLink } from '../shared-result';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
/** Written by the lab whose records had version 2, in which messages were English texts. */
const RECORD = read('../fixtures/record-v2.json');
const STORES = JSON.parse(read('../fixtures/stores-v2.json')) as {
  history: { entries: { id: string }[]; bodies: { id: string }[] };
  safetensors: Record<string, string>;
  link: string;
};

const ENGLISH = {
  adapter: 'SIMD, 2 threads',
  reason:
    'WebGPU is not used: the only adapter is software (google swiftshader (software)), slower than WebAssembly. WebAssembly is the next in order.',
  label: 'Built-in shapes, medium, 10,000 training images (not CIFAR-100)',
  end: 'All 8 steps are done.',
};
const CHINESE = {
  adapter: 'SIMD，2 个线程',
  reason:
    '未使用 WebGPU：唯一的适配器是软件实现（google swiftshader（软件实现）），比 WebAssembly 慢。按顺序改用 WebAssembly。',
  label: '内置图形，中等，10,000 张训练图像（不是 CIFAR-100）',
  end: '全部 8 步已完成。',
};

afterEach(() => setLanguage('en'));

/** What a page shows of a run. */
const shownOf = ({ environment, dataset, end }: ReturnType<typeof fromRecord>) => ({
  adapter: messageText(environment!.adapter),
  reason: messageText(environment!.reason),
  label: messageText(dataset!.label),
  end: messageText(end!.reason),
});

const app = { version: '0.2.0', userAgent: 'test' };

describe('a record', () => {
  test('of version 2 opens, reads in Chinese, and is written in version 3', async () => {
    const run = fromRecord(parseRecord(RECORD));
    expect(shownOf(run)).toEqual(ENGLISH);
    const written = toRecord(run, app);
    expect(written).toMatchObject({
      version: 3,
      environment: {
        adapter: { id: 'adapter.simdThreads', values: { threads: '2' }, text: ENGLISH.adapter },
        reason: { id: 'sentences', text: ENGLISH.reason },
      },
      dataset: { label: { id: 'data.builtin.medium', values: {}, text: ENGLISH.label } },
      end: { reason: { id: 'run.finished', values: { steps: '8' }, text: ENGLISH.end } },
    });
    await setLanguage('zh');
    expect(shownOf(run)).toEqual(CHINESE);
    expect(shownOf(fromRecord(parseRecord(JSON.stringify(written))))).toEqual(CHINESE);
    expect(toRecord(run, app)).toEqual(written);
  });

  test('of version 3 reads in Chinese after an English sentence has changed', async () => {
    const written = JSON.stringify(toRecord(fromRecord(parseRecord(RECORD)), app));
    await setLanguage('zh');
    const table = MESSAGES as Record<string, string>;
    const before = table['run.finished']!;
    const after = 'The run took its {{steps}} steps.';
    table['run.finished'] = after;
    // As whoever changes the sentence changes its key in the catalogue.
    i18n.addResource('zh', 'translation', after, i18n.getResource('zh', 'translation', before) as string);
    try {
      const { end } = fromRecord(parseRecord(written));
      expect(messageText(end!.reason)).toBe(CHINESE.end);
      expect(messageInEnglish(end!.reason)).toBe('The run took its 8 steps.');
    } finally {
      table['run.finished'] = before;
    }
  });

  test('of a newer lab with a message that this one does not know shows its English text', async () => {
    const record = toRecord(fromRecord(parseRecord(RECORD)), app);
    const reason = { id: 'run.evicted', values: { by: 'a cat' }, text: 'A cat sat on the keyboard.' };
    const newer = JSON.stringify({ ...record, end: { ...record.end, reason } });
    await setLanguage('zh');
    const run = fromRecord(parseRecord(newer));
    expect(messageText(run.end!.reason)).toBe('A cat sat on the keyboard.');
    expect(toRecord(run, app).end.reason).toEqual(reason);
  });
});

describe('the history', () => {
  beforeEach(() => {
    closeHistory();
    globalThis.indexedDB = new IDBFactory();
  });

  /** Fills the database as the lab of record version 2 did. */
  async function fillWithVersion2(): Promise<void> {
    // Opens it, which makes its stores.
    await listRuns();
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('branch-lab-runs');
      request.addEventListener('success', () => resolve(request.result));
    });
    const transaction = database.transaction(['entries', 'bodies'], 'readwrite');
    for (const entry of STORES.history.entries) transaction.objectStore('entries').put(entry);
    for (const body of STORES.history.bodies) transaction.objectStore('bodies').put(body);
    await new Promise((resolve) => transaction.addEventListener('complete', resolve));
    database.close();
  }

  test('of version 2 opens, and its runs read in Chinese', async () => {
    await fillWithVersion2();
    const [failed, finished] = await listRuns();
    await setLanguage('zh');
    expect(messageText(finished!.adapter)).toBe(CHINESE.adapter);
    expect(messageText(finished!.dataset.label)).toBe(CHINESE.label);
    expect(messageText(finished!.end!.reason)).toBe(CHINESE.end);
    expect(messageText(failed!.end!.reason)).toMatch(
      /^训练失败：该运行是在摘要为 0123456789ab… 的数据集上训练的；这里是“CIFAR-100，50,000 张训练图像中的 10,000 张”/,
    );
    expect(shownOf(await loadRun(finished!.id))).toEqual(CHINESE);
    expect(await findRun(finished!.id)).toEqual(finished);
    expect(await remark(finished!.id, { note: 'mine' })).toEqual({ ...finished, note: 'mine' });
  });
});

test('the metadata of older weights reads in Chinese, and is written with messages', async () => {
  const run = runOf(readAbout(new Map(Object.entries(STORES.safetensors)))!);
  await setLanguage('zh');
  expect(shownOf(run)).toEqual(CHINESE);
  const { details } = aboutOf(run, 'checkpoint', 8, '0.2.0');
  expect(JSON.parse(details!)).toMatchObject({ end: { reason: { id: 'run.finished', text: ENGLISH.end } } });
  expect(shownOf(runOf(readAbout(new Map(Object.entries(aboutOf(run, 'trained', 8, '0.2.0'))))!))).toEqual(
    CHINESE,
  );
});

test('an older result link reads in Chinese, and a new one of the same run is the same link', async () => {
  const shared = parseResultLink(STORES.link);
  await setLanguage('zh');
  expect(messageText(shared.adapter)).toBe(CHINESE.adapter);
  expect(messageText(shared.dataset.label)).toBe(CHINESE.label);
  expect(resultLink(fromRecord(parseRecord(RECORD)), '0.1.0')).toBe(STORES.link);
});

test('an older recording reads in Chinese', async () => {
  const file = readFileSync(new URL('../fixtures/replay-v2.blr', import.meta.url));
  const { run } = readReplay(new Uint8Array(file));
  await setLanguage('zh');
  const shown = shownOf(run);
  for (const text of [shown.reason, shown.end]) expect(text).toMatch(/\p{Script=Han}/u);
});
