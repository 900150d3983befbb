import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { zipSync, strToU8 } from 'fflate';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { carriedBy } from '../../instruments/measure';
import { randomValues } from '../../network/fuse.test-values';
import { planNetwork } from '../../network/plan-network';
import type { Checkpoint } from '../../training/checkpoint';
import { readSafetensors, writeSafetensors } from '../../training/formats/safetensors';
import { exampleState } from '../example-state';
import { closeHistory, findRun, listRuns, loadCheckpoint, loadRun, remark } from '../history/store';
import { toRecord, type RunState } from '../record';
import { importRuns } from './import-runs';
import { pack } from './export-files';
import type { ExportKind } from './export-kinds';
import { weightsFile } from './weights';

const SMALL = { depths: [1, 1], widths: [3, 4], strides: [2, 1] };
const plan = planNetwork({ ...DEFAULT_EXPERIMENT, ...SMALL });
const app = { version: '1', userAgent: 'test' };
const remarks = { name: 'quiet otter', note: 'A *note*\nof two lines', tags: ['dip'], starred: true };
const experiment = { ...DEFAULT_EXPERIMENT, ...SMALL };

const runOf = (id: string, steps = 60): RunState => ({
  ...exampleState({ id, steps, experiment: SMALL }),
  name: 'quiet otter',
  plan,
});
function checkpointAt(step: number): Checkpoint {
  const values = randomValues(plan);
  const { kernels, fused } = carriedBy(plan);
  return {
    step,
    values,
    velocities: new Map(plan.parameters.map(({ name }) => [name, values.get(name)!])),
    instruments: {
      lastStep: step - 1,
      updates: {
        initial: new Map(kernels.map((name) => [name, values.get(name)!])),
        sums: [...kernels, ...fused].map(() => ({ radial: 0.1, tangential: 1 / 3 })),
        firstFused: null,
      },
    },
  };
}

const recordFile = (run: RunState, path = `${run.id}.json`) => ({
  path,
  blob: new Blob([JSON.stringify(toRecord(run, app, remarks))]),
});
const tensorsFile = (run: RunState, form: 'trained' | 'fused' | 'checkpoint', step = 60) => ({
  path: `${run.id}-${form}.safetensors`,
  blob: new Blob([weightsFile(run, checkpointAt(step), form, '1').file!]),
});
const zipFile = (entries: Record<string, Uint8Array>, path = 'runs.zip') => ({
  path,
  blob: new Blob([zipSync(entries) as Uint8Array<ArrayBuffer>]),
});
const take = (...files: { path: string; blob: Blob }[]) => importRuns(files, { experiment, busy: new Set() });
const packed = (kind: ExportKind, ...ids: string[]) =>
  pack(
    { kind, ids, charts: [], app, lab: 'https://example.org/', date: '2026-11-24' },
    {
      run: loadRun,
      checkpoint: loadCheckpoint,
      remarks: findRun,
    },
  );

beforeEach(() => {
  closeHistory();
  globalThis.indexedDB = new IDBFactory();
});

describe('importing dropped files', () => {
  test('a record becomes a run with its series and remarks, once', async () => {
    const file = recordFile(runOf('a'));
    expect((await take(file)).runs).toMatchObject([{ id: 'a', name: 'quiet otter', how: 'new' }]);
    const entry = (await findRun('a'))!;
    expect(entry).toMatchObject({ ...remarks, steps: 60, checkpoint: null });
    expect([...(await loadRun('a')).series.scalar('loss')]).toEqual([...runOf('a').series.scalar('loss')]);
    await remark('a', { name: 'mine' });
    expect((await take(file)).runs).toMatchObject([{ name: 'mine', how: 'here' }]);
  });

  test('of two records of one run the longer is kept, in either order', async () => {
    expect((await take(recordFile(runOf('a', 40)))).runs[0]!.how).toBe('new');
    expect((await take(recordFile(runOf('a', 60)))).runs[0]!.how).toBe('longer');
    expect((await take(recordFile(runOf('a', 50)))).runs[0]!.how).toBe('here');
    expect((await loadRun('a')).series.count).toBe(60);
    const busy = await importRuns([recordFile(runOf('a', 80))], { experiment, busy: new Set(['a']) });
    expect(busy.runs[0]!.how).toBe('here');
  });

  test('a record of version 1 opens', async () => {
    const text = readFileSync(new URL('../fixtures/record-v1.json', import.meta.url));
    expect((await take({ path: 'old.json', blob: new Blob([text]) })).runs).toMatchObject([{ how: 'new' }]);
  });

  test('a checkpoint alone becomes a run to resume, and completes its record in either order', async () => {
    const run = runOf('a');
    expect((await take(tensorsFile(run, 'checkpoint'))).runs).toMatchObject([{ id: 'a', how: 'new' }]);
    expect(await loadCheckpoint('a')).toEqual(checkpointAt(60));
    expect(await findRun('a')).toMatchObject({ firstStep: 60, steps: 60, checkpoint: 60 });
    expect((await take(recordFile(run))).runs[0]!.how).toBe('longer');
    expect(await findRun('a')).toMatchObject({ firstStep: 0, steps: 60, checkpoint: 60 });
    await take(recordFile(runOf('b')));
    expect((await take(tensorsFile(runOf('b'), 'checkpoint'))).runs).toMatchObject([
      { id: 'b', how: 'checkpoint' },
    ]);
    expect((await findRun('b'))!.checkpoint).toBe(60);
  });

  test('weights alone become a run to branch from; a complete checkpoint replaces them, not the other way round', async () => {
    const run = { ...runOf('a'), end: null };
    await take(tensorsFile(run, 'trained'));
    expect(await findRun('a')).toMatchObject({ checkpoint: 60, end: { how: 'stopped' } });
    expect((await loadCheckpoint('a'))!.velocities.size).toBe(0);
    expect((await take(tensorsFile(run, 'checkpoint'))).runs[0]!.how).toBe('checkpoint');
    expect((await take(tensorsFile(run, 'trained'))).runs[0]!.how).toBe('here');
    expect((await loadCheckpoint('a'))!.velocities.size).toBeGreaterThan(0);
  });

  test('weights saved by PyTorch are read as the panel’s network, or refused with the tensors that do not match', async () => {
    const { tensors } = readSafetensors(weightsFile(runOf('a'), checkpointAt(1), 'trained', '1').file!);
    const list = [...tensors].map(([name, { shape, data }]) => ({ name, shape, data: data as Float32Array }));
    const counter = { name: 'blocks.0.norm.num_batches_tracked', shape: [], data: Float32Array.of(3) };
    const file = (written: typeof list) => ({
      path: 'torch.safetensors',
      blob: new Blob([writeSafetensors(written, { format: 'pt' })]),
    });
    const { runs } = await take(file([...list, counter]));
    expect(runs).toMatchObject([{ name: 'torch', how: 'new', entry: { checkpoint: 0 } }]);
    expect((await take(file([...list, counter]))).runs[0]!.how).toBe('here');
    const other = list
      .filter(({ name }) => name !== 'head.bias')
      .map((one) => (one.name === 'head.weight' ? { ...one, name: 'fc.weight' } : one));
    const { refused } = await take(file(other));
    expect(refused[0]!.reason).toMatch(/missing: head\.weight, head\.bias; superfluous: fc\.weight/);
  });

  test('an archive packed by the lab gives back what was exported', async () => {
    await take(
      recordFile(runOf('a')),
      tensorsFile(runOf('a'), 'checkpoint'),
      recordFile({ ...runOf('b'), name: 'Quiet Otter' }),
    );
    const { blob, name, notes } = await packed('everything', 'a', 'b');
    expect(name).toBe('branch-lab-2-runs-everything.zip');
    expect(notes).toEqual(['Quiet Otter has no checkpoint, so there are no weights of it.']);
    const before = [await findRun('a'), await loadCheckpoint('a'), await loadRun('a')] as const;
    closeHistory();
    globalThis.indexedDB = new IDBFactory();
    const { runs, refused } = await take({ path: 'all.zip', blob });
    expect([runs.map(({ id, how }) => [id, how]), refused]).toEqual([
      [
        ['a', 'new'],
        ['b', 'new'],
      ],
      [],
    ]);
    expect(await loadCheckpoint('a')).toEqual(before[1]);
    expect({ ...(await findRun('a')), updatedAt: '' }).toEqual({ ...before[0], updatedAt: '' });
    expect((await loadRun('a')).series).toEqual(before[2].series);
  });

  test('a file that is damaged, fused only, or of a step that is not recorded is refused by name, and the others are imported', async () => {
    const cut = { path: 'cut.json', blob: recordFile(runOf('c')).blob.slice(0, 500) };
    const text = await tensorsFile(runOf('d'), 'checkpoint').blob.arrayBuffer();
    const report = await take(
      cut,
      { path: 'short.safetensors', blob: new Blob([text.slice(0, text.byteLength - 4)]) },
      tensorsFile(runOf('e'), 'fused'),
      recordFile(runOf('f', 20)),
      tensorsFile(runOf('f'), 'checkpoint', 60),
      {
        path: 'nan.json',
        blob: new Blob([(await recordFile(runOf('g')).blob.text()).replace('"batch":64', '"batch":NaN')]),
      },
      {
        path: 'huge.json',
        blob: new Blob([
          (await recordFile(runOf('g')).blob.text()).replace(
            '"imagesPerSecond":400',
            '"imagesPerSecond":1e999',
          ),
        ]),
      },
    );
    expect(report.runs.map(({ id }) => id)).toEqual(['f']);
    expect(Object.fromEntries(report.refused.map(({ file, reason }) => [file, reason]))).toEqual({
      'cut.json': expect.stringContaining('expected JSON'),
      'short.safetensors': expect.stringContaining('cut short'),
      'e-fused.safetensors': expect.stringContaining('a fused network'),
      'f-checkpoint.safetensors': expect.stringContaining('recorded up to step 20'),
      'nan.json': expect.stringContaining('expected JSON'),
      'huge.json': expect.stringContaining('at imagesPerSecond'),
    });
    expect((await listRuns()).map(({ id }) => id)).toEqual(['f']);
  });

  test('control characters are removed from names, and markup is plain text', async () => {
    await take({
      path: 'x.json',
      blob: new Blob([
        JSON.stringify(toRecord(runOf('a'), app, remarks)).replace(
          '"name":"quiet otter"',
          '"name":"<img src=x>\\u0000\\n"',
        ),
      ]),
    });
    expect((await findRun('a'))!.name).toBe('<img src=x>');
  });

  test('a corrupted archive imports complete runs or none', async () => {
    await take(recordFile(runOf('a', 8)), tensorsFile(runOf('a', 8), 'checkpoint', 8));
    const { blob } = await packed('everything', 'a');
    const whole = new Uint8Array(await blob.arrayBuffer());
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(3), async (changes, cut) => {
        const bytes = whole.slice(0, cut === 0 ? changes[0]!.at : whole.length);
        for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
        closeHistory();
        globalThis.indexedDB = new IDBFactory();
        const { runs, refused } = await take({ path: 'changed.zip', blob: new Blob([bytes]) });
        for (const { id } of runs) expect((await loadRun(id)).plan).not.toBeNull();
        for (const { reason } of refused) expect(reason).toMatch(/[.!]$/);
        expect(await listRuns()).toHaveLength(runs.length);
      }),
      { numRuns: 60 },
    );
  });

  test('archives that would unpack to too much are refused before unpacking', async () => {
    const record = strToU8(JSON.stringify(toRecord(runOf('a'), app, remarks)));
    const lying = zipSync({ 'a.json': record });
    // The directory's size of the file, after its name's length at 28 … 46.
    const view = new DataView(lying.buffer);
    let at = lying.length - 22;
    while (view.getUint32(at, true) !== 0x02014b50) at--;
    view.setUint32(at + 24, 0x7fffffff, true);
    const many = Object.fromEntries(
      Array.from({ length: 10_001 }, (_, i) => [`${i}.json`, new Uint8Array()]),
    );
    const out = zipSync({ 'a.json': record });
    const { refused } = await take(
      { path: 'bomb.zip', blob: new Blob([lying]) },
      zipFile(many, 'many.zip'),
      { path: 'cut.zip', blob: new Blob([out.slice(0, 60)]) },
      zipFile({ '../a.json': record }, 'out.zip'),
    );
    expect(refused.map(({ file, reason }) => [file, reason])).toEqual([
      ['bomb.zip', expect.stringContaining('at most 256.0 MB')],
      ['many.zip', expect.stringContaining('more than 10,000 files')],
      ['cut.zip', expect.stringMatching(/neither a record nor weights/)],
      ['out.zip', expect.stringMatching(/leads out|neither/)],
    ]);
    expect(await listRuns()).toEqual([]);
  });
});
