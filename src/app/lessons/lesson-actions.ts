/** Actions of a lesson on the lab: sets it up, starts runs, probes networks, and restores the reader's experiment. */
import { experimentToQuery } from '../../experiment/url';
import { experimentOf } from '../../lessons/measures';
import type { Doing } from '../../lessons/schema';
import { say } from '../../lessons/localised-text';
import { MessageError, verbatim } from '../../language/message';
import { repetitionKey } from '../../experiment/same-training';
import { openRun, restart } from '../store/run-actions';
import { useBoard } from '../store/board';
import { useExperiment } from '../store/experiment';
import { noteProbe, useFindings } from '../store/side-results';
import { useHistory } from '../store/history';
import { useLessons } from '../store/lessons';
import { enqueueRuns, startQueue, useQueue } from '../store/run-queue';
import { openReplay } from '../store/recording';
import { isGoingOn, useRun } from '../store/run';
import { beginAnew } from '../store/starting-point';
import { showView } from '../store/current-view';

/** Remembers the page's experiment, once: until it is restored, later experiments belong to the lesson. */
function rememberBefore(): void {
  if (useLessons.getState().before !== null) return;
  const { experiment, beside } = useExperiment.getState();
  const query = experimentToQuery(experiment, beside);
  useLessons.setState({ before: { query, runId: useRun.getState().run?.id ?? null } });
}

/** Puts an experiment into the panel. */
export function setUp(query: string): void {
  rememberBefore();
  beginAnew();
  useExperiment.getState().readQuery(query);
  showView('lab');
}

/** Puts an experiment into the panel and starts it. */
export function setUpAndRun(query: string): void {
  setUp(query);
  restart();
}

/** Shows the recording of an experiment instead of running it. */
export function watch(recording: string): void {
  rememberBefore();
  void openReplay(recording);
}

/** Probes untrained networks one after the other; rejects with the reason if one cannot be probed. */
export async function probeAll(queries: readonly string[]): Promise<void> {
  for (const query of queries) {
    if (useFindings.getState().probes[query]) continue;
    const experiment = experimentOf(query);
    const reply = await useRun.getState().ask({ type: 'probe', experiment });
    if (!reply.result) throw new MessageError(reply.reason);
    noteProbe(query, reply.result);
  }
}

/** Whether a seed of an experiment has a result or is queued. */
function isKnown(query: string, seed: number): boolean {
  const key = repetitionKey(experimentOf(query));
  if (useBoard.getState().results.some((result) => result.query === key && result.seed === seed)) return true;
  return useQueue.getState().items.some((item) => {
    const waiting = experimentOf(item.query);
    return waiting.seed === seed && repetitionKey(waiting) === key;
  });
}

/** Queues the runs that have no result and are not queued yet, group by group, and starts the queue. */
export function runSeeds(groups: Extract<Doing, { kind: 'seeds' }>['groups']): void {
  rememberBefore();
  enqueueRuns(
    groups.flatMap(({ query, seeds, label }) =>
      seeds
        .filter((seed) => !isKnown(query, seed))
        .map((seed) => ({
          label: verbatim(`${say(label)}, ${seed}`),
          query: experimentToQuery({ ...experimentOf(query), seed }),
          sweep: null,
        })),
    ),
  );
  startQueue();
}

/** Whether the panel's experiment differs from the one before the lesson. */
export function hasChanged(): boolean {
  const { before } = useLessons.getState();
  const { experiment, beside } = useExperiment.getState();
  return before !== null && before.query !== experimentToQuery(experiment, beside);
}

/** Forgets the experiment from before the lesson. */
export function forgetBefore(): void {
  useLessons.setState({ before: null });
}

/** Restores the experiment from before the lesson, and its run if that is in the history and nothing trains. */
export async function restoreBefore(): Promise<void> {
  const { before } = useLessons.getState();
  if (!before) return;
  forgetBefore();
  const entry = useHistory.getState().entries.find(({ id }) => id === before.runId);
  if (entry && !isGoingOn(useRun.getState())) await openRun(entry);
  beginAnew();
  useExperiment.getState().readQuery(before.query);
}
