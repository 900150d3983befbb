/** How a run of the history goes on from its checkpoint. */
import type { DataSource } from '../../data/dataset';
import { t } from '../../language/language';
import { MessageError } from '../../language/message';
import type { HistoryEntry } from '../../runs/history/entry';
import { loadCheckpoint, loadRun } from '../../runs/history/store';
import type { RunState } from '../../runs/record';
import { sourceFor, useData } from './data-sets';
import { look, useHistory } from './history';
import { allWritten } from './history-writer';
import type { Start } from './run';

/** Whether a run stopped short of its end, for whatever reason, and is kept. */
export const canResume = ({ end, checkpoint, totalSteps }: HistoryEntry): boolean =>
  checkpoint !== null && checkpoint < totalSteps && (end === null || ['stopped', 'failed'].includes(end.how));

/** What has to be started for a run to go on as if it had never stopped. Throws Error, for people, where it cannot. */
export async function resumedStart({ id, dataset }: HistoryEntry): Promise<Start> {
  await allWritten();
  await look();
  if (useHistory.getState().elsewhere.has(id)) throw new Error(t('It is going on in another tab.'));
  const [run, checkpoint] = await Promise.all([loadRun(id), loadCheckpoint(id)]);
  if (!checkpoint) throw new Error(t('It has no checkpoint.'));
  if (checkpoint.step > 0 && checkpoint.velocities.size === 0)
    throw new Error(
      t('Only its weights came in, without the optimiser’s velocities. Branch from it instead.'),
    );
  const source = sourceOf(run);
  run.series.truncate(checkpoint.step);
  run.instruments.truncate(checkpoint.step);
  return {
    experiment: run.experiment,
    source,
    from: { checkpoint, as: 'resume', dataset: dataset.digest },
    resumed: { ...run, evaluations: run.evaluations.filter(({ step }) => step <= checkpoint.step) },
  };
}

/** The data set that a run was trained on. Throws Error where it is not here. */
function sourceOf({ experiment, dataset }: RunState): DataSource {
  const data = useData.getState();
  const digest = dataset?.digest;
  if (experiment.data !== 'builtin' && digest !== undefined) {
    if (data.sets.some((set) => set.digest === digest)) return { kind: 'stored', id: 'cifar100', digest };
  }
  const { source, missing } = sourceFor(experiment, data);
  if (!source) throw new MessageError(missing);
  return source;
}
