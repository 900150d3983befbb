/** Tiny runs for tests of the training loop, and what is read from their reports. */
import { DEFAULT_EXPERIMENT, type Experiment } from '../../experiment/settings';
import type { StartingPoint } from '../checkpoint';
import type { RunReport } from '../protocol';
import { Mutex } from './mutex';
import { TrainingRun } from './training-run';

export const TINY: Experiment = {
  ...DEFAULT_EXPERIMENT,
  backend: 'wasm',
  depths: [1, 2],
  widths: [4, 8],
  strides: [2, 2],
  batch: 16,
  length: 6,
  evalEvery: 3,
  test: 100,
};

export const BUILTIN = { kind: 'builtin', difficulty: 'medium' } as const;

/** Runs TINY with changes to its end; `act` may steer the run at each report. */
export async function train(
  changes: Partial<Experiment>,
  act?: (report: RunReport, run: TrainingRun) => void,
  paused = false,
  from?: StartingPoint,
): Promise<RunReport[]> {
  const reports: RunReport[] = [];
  const started = { runId: 'test', experiment: { ...TINY, ...changes }, source: BUILTIN, from };
  const run = new TrainingRun(started, paused, new Mutex(), (report) => {
    reports.push(report);
    act?.(report, run);
  });
  await run.run();
  await run.dispose();
  return reports;
}

export const ofType = <T extends RunReport['type']>(reports: RunReport[], type: T) =>
  reports.filter((report): report is Extract<RunReport, { type: T }> => report.type === type);
export const losses = (reports: RunReport[]) =>
  ofType(reports, 'progress').flatMap(({ chunk }) => [...chunk.loss]);
export const endOf = (reports: RunReport[]) => ofType(reports, 'ended')[0]!.end;
