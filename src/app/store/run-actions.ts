/** What the buttons and shortcuts do to the run: one place for the header, the bars and the keyboard. */
import { notifications } from '@mantine/notifications';
import { download } from '../../charts/plotly';
import { secondExperiment } from '../../experiment/url';
import { t } from '../../language/language';
import { errorText } from '../../language/message-text';
import type { HistoryEntry } from '../../runs/history/entry';
import { loadCheckpoint, loadRun } from '../../runs/history/store';
import { toRecord } from '../../runs/record';
import { sourceFor, useData } from './data-sets';
import { useExperiment } from './experiment';
import { useHistory } from './history';
import { allWritten } from './history-writer';
import { useRecording } from './recording';
import { resumedStart } from './resume-run';
import { isGoingOn, useRun, type Start } from './run';
import { beginAnew, beginFrom, useStartingPoint, type StartingPointChoice } from './starting-point';
import { showView } from './current-view';

/** What the panel would start: its experiment, and the one beside it where there is one and its data set is here. */
function startsOf(): [Start, Start | null] | null {
  const { experiment, beside } = useExperiment.getState();
  const { source } = sourceFor(experiment, useData.getState());
  if (!source) return null;
  const other = secondExperiment(experiment, beside);
  if (!other) return [{ experiment, source }, null];
  const same = other.data === experiment.data;
  const { source: otherSource, missing } = same
    ? { source, missing: null }
    : sourceFor(other, useData.getState());
  if (!otherSource)
    notifications.show({
      color: 'yellow',
      title: t('Only the first run starts'),
      message: t('The second run trains on another data set. {{missing}}', { missing }),
      withBorder: true,
    });
  return [{ experiment, source }, otherSource && { experiment: other, source: otherSource }];
}

/** Start, pause or resume, whichever comes next. */
export function startOrPause(): void {
  const { status, pause, resume } = useRun.getState();
  if (status === 'running') pause();
  else if (status === 'paused') resume();
  else if (status !== 'preparing') restart();
}

/** A fresh run of what the panel shows, and beside it the other one where there is one. */
export const restart = (): void => begin(useRun.getState().start);

export function step(): void {
  const { status, step: stepRun } = useRun.getState();
  if (status === 'preparing' || status === 'ended') return;
  if (status === 'idle') begin(stepRun);
  else stepRun();
}

/** Starts the panel's experiment at step 0 or from the chosen checkpoint. */
function begin(start: (first: Start, second: Start | null) => void): void {
  const starts = startsOf();
  if (!starts) return;
  const { point } = useStartingPoint.getState();
  if (!point) return start(...starts);
  void startFrom(point, starts, start);
}

async function startFrom(
  { id, name, step: at, dataset }: StartingPointChoice,
  [first, second]: [Start, Start | null],
  start: (first: Start, second: Start | null) => void,
): Promise<void> {
  try {
    const checkpoint = await loadCheckpoint(id);
    if (!checkpoint)
      throw new Error(t('It is no longer in the history; it was removed, perhaps in another tab.'));
    const from = { checkpoint, as: 'branch', dataset } as const;
    const branched = (one: Start): Start => ({ ...one, from, origin: { id, name, step: checkpoint.step } });
    beginAnew();
    start(branched(first), second && branched(second));
  } catch (error) {
    showFailure(t('The run could not begin at step {{step}} of {{run}}', { step: at, run: name }), error);
  }
}

/** Resolves when no step is running and everything so far is saved in the history. */
async function standStill(): Promise<void> {
  const { status, pause } = useRun.getState();
  if (status === 'running') {
    pause();
    await new Promise<void>((resolve) => {
      const stop = useRun.subscribe((state) => {
        if (state.status === 'running') return;
        stop();
        resolve();
      });
    });
  }
  await allWritten();
}

/** Starts a run with the panel's settings from the present state of the shown run. */
export async function branchFromShown(): Promise<void> {
  const { run } = useRun.getState();
  if (!run) return;
  await standStill();
  const entry = useHistory.getState().entries.find(({ id }) => id === run.id);
  if (entry?.checkpoint == null)
    return showFailure(t('There is nothing to branch from'), new Error(t('This run has no checkpoint.')));
  beginFrom(entry);
  restart();
}

/** Resumes an interrupted or stopped run of the history as if it had never stopped. */
export async function resumeRun(entry: HistoryEntry): Promise<void> {
  try {
    const start = await resumedStart(entry);
    beginAnew();
    useExperiment.getState().readQuery(entry.query);
    showView('lab');
    useRun.getState().start(start);
  } catch (error) {
    showFailure(t('{{run}} could not be resumed', { run: entry.name }), error);
  }
}

/** Opens a run of the history in the lab, with its settings in the panel. A run that is training here is shown live. */
export async function openRun({ id, name, query }: HistoryEntry): Promise<void> {
  const { run: shown, beside, swap } = useRun.getState();
  const going = isGoingOn(useRun.getState());
  if (going && beside?.id === id) swap();
  if (going && (beside?.id === id || shown?.id === id)) return showView('lab');
  try {
    await allWritten();
    const run = await loadRun(id);
    if (isGoingOn(useRun.getState()))
      throw new Error(t('Another run is going on here. Stop it first, or wait until it has ended.'));
    beginAnew();
    useExperiment.getState().readQuery(query);
    useRun.getState().show(run);
    showView('lab');
  } catch (error) {
    showFailure(t('{{run}} could not be opened', { run: name }), error);
  }
}

/** Copies a run's settings into the panel and makes the next run start at its checkpoint. */
export function branchLater(entry: HistoryEntry): void {
  useExperiment.getState().readQuery(entry.query);
  beginFrom(entry);
  showView('lab');
}

export function showFailure(title: string, error: unknown): void {
  const message = errorText(error);
  notifications.show({ color: 'red', title, message, autoClose: false, withBorder: true });
}

/** Downloads the run as a JSON record. */
export function saveRecord(): void {
  const { run } = useRun.getState();
  if (!run) return;
  try {
    const entry = useHistory.getState().entries.find(({ id }) => id === run.id);
    const record = toRecord(run, { version: __APP_VERSION__, userAgent: navigator.userAgent }, entry);
    const name = run.name.replaceAll(/[^\p{L}\p{N}]+/gu, '-');
    download(new Blob([JSON.stringify(record)], { type: 'application/json' }), `branch-lab-${name}.json`);
  } catch (error) {
    showFailure(t('The record was not saved'), error);
  }
}

/**
 * Trains the experiment of a recording here, and keeps the recording drawn behind it; without the recording's data set,
 * on the built-in drawings.
 */
export function runRecordingHere(withItsData: boolean): void {
  const { facts } = useRecording.getState();
  const { run } = useRun.getState();
  if (!facts || !run) return;
  beginAnew();
  const { readQuery, change } = useExperiment.getState();
  readQuery(facts.query);
  if (!withItsData) change({ data: 'builtin' });
  useRecording.setState({ behind: run });
  restart();
}
