/** Builds a run: starts its backend, loads its data set, plans the network and makes what trains and measures it. */
import { IMAGE_SIDE } from '../../data/dataset';
import type { Experiment } from '../../experiment/settings';
import { Instruments } from '../../instruments/measure';
import { message, MessageError } from '../../language/message';
import { curvesOf, type Curve } from '../../network/curves';
import { initialValues } from '../../network/initial-values';
import type { NetworkPlan } from '../../network/plan';
import { planNetwork } from '../../network/plan-network';
import { startFromCheckpoint, type StartingPoint } from '../checkpoint';
import { activateBackend } from '../engines/backend';
import type { DatasetSummary, RunReport, StartedRun } from '../protocol';
import { totalSteps } from '../schedule';
import type { Engine, Trainer } from '../trainer';
import { loadDataset } from './datasets';
import { RunImages } from './run-images';

/** Sends a report to the page; `transfer` lists the buffers that are moved rather than copied. */
export type SendReport = (report: RunReport, transfer?: Transferable[]) => void;

/** A run that is ready for its first step. */
export interface BuiltRun {
  readonly experiment: Experiment;
  readonly engine: Engine;
  readonly plan: NetworkPlan;
  readonly curves: readonly Curve[];
  readonly images: RunImages;
  readonly trainer: Trainer;
  readonly instruments: Instruments;
  readonly totalSteps: number;
  /** The first step to make; above 0 where the run begins from a checkpoint. */
  readonly firstStep: number;
  /** Tensors that the checkpoint did not have: these begin at their initial values. */
  readonly fresh: readonly string[];
}

/**
 * Throws Error with a text for people where no backend works, the data set is missing or is not the one that the checkpoint
 * was trained on, no step is left to make, or memory runs out.
 */
export async function buildRun(
  { experiment, source, from }: StartedRun,
  report: SendReport,
): Promise<BuiltRun> {
  report({ type: 'preparing', what: message('preparing.backend') });
  const { environment, engine } = await activateBackend(experiment.backend, experiment);
  report({ type: 'environment', environment });

  report({
    type: 'preparing',
    what: message(source.kind === 'builtin' ? 'preparing.builtin' : 'preparing.stored'),
  });
  const images = new RunImages(await loadDataset(source), experiment);
  refuseOtherData(from, images.summary);
  const total = totalSteps(experiment, images.stepsPerEpoch);
  const firstStep = from?.checkpoint.step ?? 0;
  refuseNothingToDo(firstStep, total);

  const plan = planNetwork(experiment, images.classes, IMAGE_SIDE);
  const curves = curvesOf(plan);
  const initial = initialValues(plan, experiment.seed);
  const { values, velocities, fresh } = from
    ? startFromCheckpoint(plan, from.checkpoint, initial)
    : { values: initial, velocities: new Map<string, Float32Array>(), fresh: [] };
  const measured = from?.as === 'resume' ? from.checkpoint.instruments : null;
  const trainer = engine.trainer(plan, { batch: images.batch, side: IMAGE_SIDE }, experiment, values);
  try {
    trainer.setVelocities(velocities);
    images.makeResident(trainer);
    const instruments = new Instruments(plan, curves, experiment, values, measured);
    return {
      experiment,
      engine,
      plan,
      curves,
      images,
      trainer,
      instruments,
      totalSteps: total,
      firstStep,
      fresh,
    };
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

/** A run resumes on the data that it was begun on, or not at all. */
function refuseOtherData(from: StartingPoint | undefined, { digest, label }: DatasetSummary): void {
  if (from?.as !== 'resume' || from.dataset === digest) return;
  throw new MessageError(
    message('run.otherData', { wanted: from.dataset.slice(0, 12), label, found: digest.slice(0, 12) }),
  );
}

function refuseNothingToDo(step: number, total: number): void {
  if (step === 0 || step < total) return;
  throw new MessageError(message('run.nothingToDo', { step, total }));
}
