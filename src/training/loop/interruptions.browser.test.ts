/** Runs that are paused, stepped, slowed down, stopped, resumed from a checkpoint or branched: the numbers stay the same. */
import { describe, expect, test } from 'vitest';
import type { RunReport } from '../protocol';
import { checkpointOf, checkpointTensors } from '../formats/checkpoint-file';
import { readSafetensors, writeSafetensors } from '../formats/safetensors';
import { Mutex } from './mutex';
import { Pace } from './pace';
import { TrainingRun } from './training-run';
import { BUILTIN, endOf, losses, ofType, TINY, train } from './training-run.test-setup';

describe.each(['wasm', 'cpu'] as const)('a run on %s resumed from a checkpoint', (backend) => {
  const measuring = { backend, length: 9, measureEvery: 2, updates: true } as const;

  test.each(['from memory', 'from a file'])(
    '%s, gives the same numbers to the last bit: losses, scales, measurements, evaluations, weights',
    async (source) => {
      const whole = await train(measuring);
      let asked = false;
      const interrupted = await train(measuring, (report, run) => {
        if (report.type !== 'evaluation' || asked) return;
        asked = true;
        // At step 3, so that measurements, epochs and evaluations lie before and after it.
        run.checkpoint();
        run.control.stop();
      });
      const taken = ofType(interrupted, 'checkpoint').at(-1)!;
      const {
        plan,
        dataset: { digest: dataset },
      } = ofType(interrupted, 'ready')[0]!;
      const kept = structuredClone(taken.checkpoint);
      const file = writeSafetensors(checkpointTensors(plan, taken.checkpoint));
      const checkpoint =
        source === 'from a file'
          ? checkpointOf(plan, readSafetensors(file).tensors, taken.checkpoint.step)
          : kept;
      expect(checkpoint).toEqual(kept);
      expect(checkpoint.step).toBe(3);
      const resumed = await train(measuring, undefined, false, { checkpoint, as: 'resume', dataset });
      expect(ofType(resumed, 'ready')[0]).toMatchObject({ firstStep: 3, fresh: [] });
      const after = (reports: RunReport[]) => ({
        losses: losses(reports).slice(-6),
        curves: ofType(reports, 'progress')
          .flatMap(({ chunk }) => [...chunk.curves])
          .slice(-100),
        measurements: ofType(reports, 'progress')
          .flatMap(({ measurements }) => measurements)
          .filter(({ step }) => step >= 3)
          .map(({ step, values }) => [step, ...values]),
        evaluations: ofType(reports, 'evaluation').filter(({ evaluation }) => evaluation.step > 3),
        end: endOf(reports),
      });
      expect(after(resumed)).toEqual(after(whole));
      expect(after(whole).measurements.length).toBe(3);
    },
  );

  test('is refused on other data', async () => {
    const { checkpoint } = ofType(await train({ backend, length: 1 }), 'checkpoint')[0]!;
    const from = { checkpoint, as: 'resume', dataset: 'another' } as const;
    expect(endOf(await train({ backend, length: 1 }, undefined, false, from))).toMatchObject({
      how: 'failed',
      reason: { id: 'run.failed', values: { reason: { id: 'run.otherData' } } },
    });
  });
});

test('a run branched from a checkpoint takes the tensors that fit, initialises the rest, and continues the step count', async () => {
  const before = await train({ length: 4 });
  const { checkpoint } = ofType(before, 'checkpoint').at(-1)!;
  const from = { checkpoint, as: 'branch', dataset: '' } as const;
  const without = await train({ length: 6, conv1x1: 'off' }, undefined, false, from);
  expect(ofType(without, 'ready')[0]).toMatchObject({ firstStep: 4, fresh: [] });
  expect(ofType(without, 'progress')[0]!.chunk.firstStep).toBe(4);
  expect(losses(without)).toHaveLength(2);
  expect(endOf(without)).toMatchObject({ how: 'finished', step: 6 });
  const other = await train({ length: 6, conv1x1: 'scale', norm: 'post' }, undefined, false, from);
  const { fresh } = ofType(other, 'ready')[0]!;
  expect(fresh.length).toBeGreaterThan(0);
  expect(fresh.every((name) => checkpoint.values.get(name) === undefined)).toBe(true);
});

test('checkpoints come at the start, before a pause and at the end', async () => {
  let steps = 0;
  const reports = await train(
    { length: 3, evalEvery: 0 },
    (report, run) => {
      if (report.type === 'state' && report.state === 'paused') {
        if (steps++ < 1) run.control.singleStep();
        else run.control.resume();
      }
    },
    true,
  );
  expect(ofType(reports, 'checkpoint').map(({ checkpoint }) => checkpoint.step)).toEqual([0, 1, 3]);
  const types = reports.map(({ type }) => type);
  expect(types.at(-1)).toBe('ended');
  expect(types.at(-2)).toBe('checkpoint');
});

test('slow motion changes when steps are made, not their numbers; pause, step and full speed end its wait', async () => {
  const fast = await train({});
  const reports: RunReport[] = [];
  const pace = new Pace();
  pace.set(0.01);
  const seen: number[] = [];
  const run = new TrainingRun(
    { runId: 'test', experiment: TINY, source: BUILTIN },
    false,
    new Mutex(),
    (report) => {
      reports.push(report);
      if (report.type === 'progress') seen.push(report.chunk.count);
      // The second step would be due in 100 seconds: a single step is made at once, and so are all at full speed.
      if (report.type === 'progress' && seen.length === 1) setTimeout(() => run.control.pause());
      if (report.type === 'state' && report.state === 'paused' && seen.length === 1) run.control.singleStep();
      else if (report.type === 'state' && report.state === 'paused') {
        pace.set(null);
        run.control.resume();
      }
    },
    pace,
  );
  await run.run();
  await run.dispose();
  expect(seen.slice(0, 2)).toEqual([1, 1]);
  expect(losses(reports)).toEqual(losses(fast));
  expect(endOf(reports).digest).toBe(endOf(fast).digest);
});

test('a run that is paused and stepped gives the numbers of a run that never paused', async () => {
  let steps = 0;
  const reports = await train(
    {},
    (report, run) => {
      if (report.type === 'state' && report.state === 'paused') {
        if (steps++ < 3) run.control.singleStep();
        else run.control.resume();
      }
    },
    true,
  );
  expect(steps).toBeGreaterThanOrEqual(3);
  expect(losses(reports)).toEqual(losses(await train({})));
});

test('a stopped run has reported every step that it made', async () => {
  const reports = await train({ length: 1000, evalEvery: 0 }, (report, run) => {
    if (report.type === 'progress') run.control.stop();
  });
  const end = endOf(reports);
  expect(end.how).toBe('stopped');
  expect(losses(reports)).toHaveLength(end.step);
});

test('a step or a resume that arrives while a paused run answers a query is carried out', async () => {
  let paused = 0;
  let tested: Promise<unknown> | null = null;
  const reports = await train(
    { length: 3, evalEvery: 0, test: 300 },
    (report, run) => {
      if (report.type !== 'state' || report.state !== 'paused') return;
      paused++;
      tested = run.answer({ type: 'answers', runId: 'test' });
      // Arrives as a message of the page does: between two batches of the test images.
      setTimeout(() => (paused === 1 ? run.control.singleStep() : run.control.resume()));
    },
    true,
  );
  expect(paused).toBe(2);
  expect(endOf(reports)).toMatchObject({ how: 'finished', step: 3 });
  expect(await tested).toMatchObject({ reply: { result: { step: 1 } } });
});
