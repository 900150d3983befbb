/** Imports weights without the lab's metadata, as those of the network that the panel shows. */
import { Sha256 } from '../../data/sha256';
import type { Experiment } from '../../experiment/settings';
import { InstrumentSeries } from '../../instruments/series';
import { t } from '../../language/language';
import { message } from '../../language/message';
import { curvesOf } from '../../network/curves';
import type { NetworkPlan } from '../../network/plan';
import { planNetwork } from '../../network/plan-network';
import type { Checkpoint } from '../../training/checkpoint';
import type { NamedArray } from '../../training/formats/safetensors';
import { valuesOfMatching, TensorMismatchError } from '../../training/formats/matching-tensors';
import { shapesOf } from '../../training/trainer';
import type { RunState } from '../record';
import { RunSeries } from '../series';
import { onOneLine, remarksOn, type ImportedRun } from './imported-run';
import type { RunFile } from './recognise-files';

/** PyTorch stores the number of batches as a tensor. */
const isCounter = (name: string) => name.endsWith('.num_batches_tracked');

/** A checkpoint of weights alone. Throws TensorMismatchError where they are not the network's. */
export const weightsOnly = (
  plan: NetworkPlan,
  tensors: ReadonlyMap<string, NamedArray>,
  step: number,
): Checkpoint => ({
  step,
  values: valuesOfMatching(shapesOf(plan), tensors, isCounter),
  velocities: new Map(),
  instruments: { lastStep: -1, updates: null },
});

/** Reads weights without the lab's metadata as those of `experiment`'s network. */
export async function readForeign(
  { path, blob }: RunFile,
  tensors: ReadonlyMap<string, NamedArray>,
  experiment: Experiment,
): Promise<ImportedRun> {
  const plan = planNetwork(experiment);
  // DataParallel's names.
  const bare = [...tensors.keys()].every((name) => name.startsWith('module.'))
    ? new Map([...tensors].map(([name, tensor]) => [name.slice('module.'.length), tensor]))
    : tensors;
  let checkpoint: Checkpoint;
  try {
    checkpoint = weightsOnly(plan, bare, 0);
  } catch (error) {
    if (!(error instanceof TensorMismatchError)) throw error;
    throw new Error(
      t(
        'It does not say what network it is of, so it was compared with the panel’s. {{misfit}} Set the panel to its network and drop it again.',
        { misfit: error.message },
      ),
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
    environment: {
      backend: 'cpu',
      adapter: message('weights.adapter'),
      reason: message('weights.notComputed'),
    },
    plan,
    curves,
    dataset: {
      id: experiment.data,
      label: message('weights.data'),
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
    end: { how: 'stopped', step: 0, reason: message('weights.imported'), digest: null },
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
