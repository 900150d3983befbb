/** Records and weights as runs that the history can take, those of one run brought together. */
import { Sha256 } from '../../data/sha256';
import type { Experiment } from '../../experiment/settings';
import { experimentFromQuery } from '../../experiment/url';
import { curvesOf } from '../../network/curves';
import type { NetworkPlan } from '../../network/plan';
import { planNetwork } from '../../network/plan-network';
import { InstrumentSeries } from '../../instruments/series';
import { STATISTICS } from '../../instruments/statistics';
import type { Checkpoint } from '../../training/checkpoint';
import { checkpointOf } from '../../training/checkpoint-file';
import { readSafetensors, type NamedArray } from '../../training/safetensors';
import { fittingValues, MisfitError } from '../../training/tensors-fit';
import { shapesOf } from '../../training/trainer';
import { fromRecord, parseRecord, type Remarks, type RunState } from '../record';
import { RunSeries } from '../series';
import { readAbout, runOf, type About } from './about';
import type { Refused, RunFile } from './unpack';

/** What the files of one run came to. */
export interface BroughtRun {
  /** Path of the file that it is told by. */
  file: string;
  /** With its series where there is a record; else from the weights alone. */
  run: RunState;
  remarks: Remarks;
  appVersion: string;
  recorded: boolean;
  /** Read when it is wanted: weights are large. */
  checkpoint: BroughtCheckpoint | null;
}

export interface BroughtCheckpoint {
  file: string;
  step: number;
  /** Whether a run can resume from it; from weights alone it can only branch. */
  whole: boolean;
  /** Throws Error, for people, where its tensors do not fit the run's network. */
  read(): Promise<Checkpoint>;
}

/** Bytes of nothing that the series of a run may begin with, whose weights came without them. */
const EMPTY_LIMIT = 256e6;

/** `experiment` is whose network weights without the lab's metadata are of. */
export async function readRunFiles(
  files: readonly RunFile[],
  experiment: Experiment,
): Promise<{ runs: BroughtRun[]; refused: Refused[] }> {
  const runs = new Map<string, BroughtRun>();
  const refused: Refused[] = [];
  const fused: { id: string; file: string }[] = [];
  for (const file of files) {
    try {
      if (file.kind === 'record') {
        const brought = await readRecordFile(file);
        const { id } = brought.run;
        const before = runs.get(id);
        runs.set(
          id,
          before?.recorded && longer(before.run, brought.run)
            ? before
            : { ...brought, checkpoint: before?.checkpoint ?? null },
        );
        continue;
      }
      const { metadata, tensors } = readSafetensors(await file.blob.arrayBuffer());
      const about = readAbout(metadata);
      if (about?.form === 'fused') {
        fused.push({ id: about.run, file: file.path });
        continue;
      }
      const brought = about ? readOwn(file, about) : await readForeign(file, tensors, experiment);
      const before = runs.get(brought.run.id);
      if (!before) runs.set(brought.run.id, brought);
      else if (better(brought.checkpoint!, before.checkpoint)) before.checkpoint = brought.checkpoint;
    } catch (error) {
      refused.push({ file: file.path, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  for (const { id, file } of fused)
    if (!runs.has(id))
      refused.push({
        file,
        reason:
          'It holds a fused network, which can be used but not trained on. Take the weights as trained, or the checkpoint.',
      });
  return {
    runs: [...runs.values()].toSorted((a, b) => (a.run.createdAt < b.run.createdAt ? -1 : 1)),
    refused,
  };
}

/** Whether `a` has at least as many steps recorded. */
const longer = (a: RunState, b: RunState) =>
  a.series.count - a.series.first >= b.series.count - b.series.first;

/** Whether a checkpoint is to be had rather than another: whole ones first, then later ones. */
export const better = (
  a: Pick<BroughtCheckpoint, 'step' | 'whole'>,
  b: Pick<BroughtCheckpoint, 'step' | 'whole'> | null,
): boolean => !b || (a.whole === b.whole ? a.step > b.step : a.whole);

/** Names are shown on one line. */
const onOneLine = (text: string) => text.replaceAll(/\p{C}+/gu, ' ').trim() || 'run';

async function readRecordFile({ path, blob }: RunFile): Promise<BroughtRun> {
  const record = parseRecord(await blob.text());
  const { note, starred, appVersion } = record;
  const name = onOneLine(record.name);
  const remarks = { name, note, tags: record.tags.map(onOneLine), starred };
  const run = { ...fromRecord(record), name };
  return { file: path, run, remarks, appVersion, recorded: true, checkpoint: null };
}

const remarksOn = (name: string): Remarks => ({ name, note: '', tags: [], starred: false });

/** Weights that the lab wrote. */
function readOwn({ path, blob }: RunFile, about: About): BroughtRun {
  const whole = about.form === 'checkpoint';
  const step = Number(about.step);
  const name = onOneLine(about.name);
  const plan = planNetwork(experimentFromQuery(about.query).experiment);
  refuseTooLong(step, plan);
  const told = runOf(about);
  const end = {
    how: 'stopped',
    step,
    reason: 'Brought in as weights, without what an optimiser carries along: branch from it.',
    digest: null,
  } as const;
  const run = { ...told, name, end: whole ? told.end : end };
  return {
    file: path,
    run,
    remarks: remarksOn(name),
    appVersion: about.app,
    recorded: false,
    checkpoint: {
      file: path,
      step,
      whole,
      read: async () => {
        const { tensors } = readSafetensors(await blob.arrayBuffer());
        return whole ? checkpointOf(plan, tensors, step) : weightsOnly(plan, tensors, step);
      },
    },
  };
}

function refuseTooLong(step: number, plan: NetworkPlan): void {
  if (step * curvesOf(plan).length * STATISTICS.length * 4 > EMPTY_LIMIT)
    throw new Error(`It is of step ${step.toLocaleString('en')}, too late for weights without their record.`);
}

/** PyTorch counts batches in a tensor of its own. */
const isCounter = (name: string) => name.endsWith('.num_batches_tracked');

const weightsOnly = (
  plan: NetworkPlan,
  tensors: ReadonlyMap<string, NamedArray>,
  step: number,
): Checkpoint => ({
  step,
  values: fittingValues(shapesOf(plan), tensors, isCounter),
  velocities: new Map(),
  instruments: { lastStep: -1, updates: null },
});

/** Weights of unknown origin, taken for those of `experiment`'s network. */
async function readForeign(
  { path, blob }: RunFile,
  tensors: ReadonlyMap<string, NamedArray>,
  experiment: Experiment,
): Promise<BroughtRun> {
  const plan = planNetwork(experiment);
  // DataParallel's names.
  const bare = [...tensors.keys()].every((name) => name.startsWith('module.'))
    ? new Map([...tensors].map(([name, tensor]) => [name.slice('module.'.length), tensor]))
    : tensors;
  let checkpoint: Checkpoint;
  try {
    checkpoint = weightsOnly(plan, bare, 0);
  } catch (error) {
    if (!(error instanceof MisfitError)) throw error;
    throw new Error(
      `It does not say what network it is of, so it was compared with the panel’s. ${error.message} Set the panel to its network and drop it again.`,
      { cause: error },
    );
  }
  const curves = curvesOf(plan);
  const name = onOneLine(
    path
      .split('/')
      .at(-1)!
      .replace(/\.safetensors$/i, ''),
  ).slice(0, 120);
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const run: RunState = {
    id: `weights-${new Sha256().update(bytes).hex().slice(0, 32)}`,
    name,
    origin: null,
    sweep: null,
    experiment,
    createdAt: new Date().toISOString(),
    environment: { backend: 'cpu', adapter: 'weights from a file', reason: 'Nothing was computed here.' },
    plan,
    curves,
    dataset: {
      id: experiment.data,
      label: 'not known',
      digest: '',
      train: 0,
      test: 0,
      trainUsed: 0,
      testUsed: 0,
    },
    totalSteps: 0,
    stepsPerEpoch: 0,
    batch: experiment.batch,
    series: new RunSeries(curves.length),
    instruments: new InstrumentSeries(),
    evaluations: [],
    imagesPerSecond: 0,
    end: { how: 'stopped', step: 0, reason: 'Brought in as weights: branch from it.', digest: null },
  };
  return {
    file: path,
    run,
    remarks: remarksOn(name),
    appVersion: '',
    recorded: false,
    checkpoint: { file: path, step: 0, whole: false, read: () => Promise.resolve(checkpoint) },
  };
}
