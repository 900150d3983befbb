/** The recordings that ship with the page: what their files say is what their experiments mean today, and what they measure. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IMAGE_SIDE } from '../data/dataset';
import { readDataFile } from '../data/forms/read';
import { experimentFromQuery, experimentToQuery } from '../experiment/url';
import type { KernelModule } from '../kernels/wasm/kernels';
import { curvesOf } from '../network/curves';
import { initialValues } from '../network/initial-values';
import { planNetwork } from '../network/plan-network';
import { RunImages } from '../training/loop/run-images';
import { learningRate, totalSteps } from '../training/schedule';
import { wasmEngine } from '../training/engines/wasm-trainer';
import { LEVELS, TOLERANCE } from './quantised';
import { dipsOf, fromRecord } from './record';
import { parseRecord, RECORD_VERSION, type RunRecord } from './record-schema';
import { MOST_FILE_BYTES, readReplay, ReplayError, writeReplay } from './replay-file';
import { REPLAYS, replayPath } from './replays';

const FOLDER = new URL('../../public/', import.meta.url);
const ARCHIVE = fileURLToPath(new URL('../../../shared/data/cifar-100-binary.tar.gz', import.meta.url));
const hasArchive = existsSync(ARCHIVE);
if (!hasArchive) console.warn(`The recordings are not compared with a run: there is no ${ARCHIVE}.`);

const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(replayPath(name), FOLDER)));
const record = (): RunRecord =>
  parseRecord(readFileSync(new URL('./fixtures/record-v1.json', import.meta.url), 'utf8'));
const anew = 'Record it anew: npm run replays';

describe('recordings', () => {
  test('every file is of the table, and the other way round', () => {
    const files = readdirSync(new URL('replays/', FOLDER)).toSorted();
    expect(files).toEqual(REPLAYS.map(({ name }) => `${name}.blr`).toSorted());
  });

  test.each(REPLAYS)('$name means what it meant', ({ name, query }) => {
    const bytes = bytesOf(name);
    expect(bytes.length).toBeLessThanOrEqual(MOST_FILE_BYTES);
    const { facts, run } = readReplay(bytes);
    const { experiment, notices } = experimentFromQuery(query);
    const plan = planNetwork(experiment);
    expect(notices).toEqual([]);
    expect(facts.name).toBe(name);
    expect(facts.recordVersion, anew).toBe(RECORD_VERSION);
    expect(experimentToQuery(experiment), 'the table has the page’s own spelling').toBe(query);
    expect(facts.query, anew).toBe(query);
    expect(facts.plan, anew).toEqual(JSON.parse(JSON.stringify(plan)));
    expect(facts.curves, anew).toEqual(curvesOf(plan));
    expect(facts.dataset.id).toBe('cifar100');
    expect(facts.steps).toBe(run.end?.how === 'diverged' ? facts.steps : facts.totalSteps);
    // The dips are those that the run itself had; a record has seven digits, so that two lowest values may be alike.
    const dips = dipsOf(run);
    expect(dips).toHaveLength(facts.dips.length);
    facts.dips.forEach(({ panel, layer, step, value, depth }, i) => {
      const curve = run.curves.findIndex((one) => one.panel === panel && one.layer === layer);
      expect(Math.abs(run.series.curve(curve, 'mean')[step]! / value - 1)).toBeLessThan(2e-6);
      expect(Math.abs(dips[i]!.depth - depth)).toBeLessThan(2e-6 * Math.max(1, depth));
    });
  });

  test.skipIf(!hasArchive)('a run of today begins as the recording does', { timeout: 120_000 }, async () => {
    const module = new WebAssembly.Module(
      readFileSync(new URL('../kernels/wasm/build/plain.wasm', import.meta.url)),
    );
    const kernels: KernelModule = { module, shared: false, arithmetic: 'reproducible' };
    const engine = wasmEngine(kernels, null);
    const dataset = await readDataFile(new File([readFileSync(ARCHIVE)], 'cifar-100-binary.tar.gz'));
    for (const name of ['early-dip', 'study-4', 'no-norm']) {
      const { run } = readReplay(bytesOf(name));
      const { experiment, series } = run;
      const images = new RunImages(dataset, experiment);
      const plan = planNetwork(experiment, images.classes, IMAGE_SIDE);
      const shape = { batch: images.batch, side: IMAGE_SIDE };
      const trainer = engine.trainer(plan, shape, experiment, initialValues(plan, experiment.seed));
      const losses = series.scalar('loss').filter((loss) => Number.isFinite(loss));
      const tolerance = TOLERANCE * (Math.max(...losses) - Math.min(...losses));
      try {
        for (let step = 0; step < 5; step++) {
          const lr = learningRate(experiment, step, totalSteps(experiment, images.stepsPerEpoch));
          const { input, classes } = images.trainingBatch(step);
          const result = trainer.step(input, classes, lr, []);
          const { loss } = await result.numbers;
          result.release();
          expect(Math.abs(loss - series.scalar('loss')[step]!), `${name}, step ${step}`).toBeLessThan(
            tolerance,
          );
        }
      } finally {
        trainer.dispose();
      }
    }
  });
});

describe('files of recordings', () => {
  test('a record comes back within the tolerance, its facts as they were', () => {
    const written = record();
    const { facts, run } = readReplay(writeReplay(written, 'example'));
    expect(facts.evaluations).toEqual(written.evaluations);
    expect(facts.dips).toEqual(written.dips);
    expect(run.instruments.steps).toEqual(written.instruments.steps);
    const own = fromRecord(written);
    own.curves.forEach((_, k) => {
      const [before, after] = [own, run].map(({ series }) => series.curve(k, 'mean'));
      const range = Math.max(...before!) - Math.min(...before!);
      after!.forEach((value, i) =>
        expect(Math.abs(value - before![i]!)).toBeLessThanOrEqual(range / LEVELS + 1e-6),
      );
    });
  });

  test('a file that was changed anywhere is refused', () => {
    const file = writeReplay(record(), 'example');
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = file.slice();
        changed[at] = changed[at]! ^ by;
        expect(() => readReplay(changed)).toThrow(ReplayError);
      }),
      { numRuns: 200 },
    );
  });

  test('any bytes, and any beginning of a file, are refused with a reason', () => {
    const file = writeReplay(record(), 'example');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(file.length - 1), (bytes, until) => {
        expect(() => readReplay(bytes)).toThrow(ReplayError);
        expect(() => readReplay(file.subarray(0, until))).toThrow(/expected .+ found/);
      }),
      { numRuns: 300 },
    );
    expect(() => readReplay(new Uint8Array(MOST_FILE_BYTES + 1))).toThrow(/150000 bytes at most/);
  });

  test('a run that began at another’s checkpoint is refused', () => {
    expect(() => writeReplay({ ...record(), firstStep: 3 }, 'example')).toThrow(/from step 0/);
  });
});
