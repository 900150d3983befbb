/** What the buttons and shortcuts do to the run: one place for the header, the bars and the keyboard. */
import { notifications } from '@mantine/notifications';
import { besideOf } from '../experiment/url';
import { toRecord } from '../runs/record';
import { sourceFor, useData } from './store/data';
import { linkTo, useExperiment } from './store/experiment';
import { useRun, type Start } from './store/run';

/** What the panel would start: its experiment, and the one beside it where there is one and its data set is here. */
function startsOf(): [Start, Start | null] | null {
  const { experiment, beside } = useExperiment.getState();
  const { source } = sourceFor(experiment, useData.getState());
  if (!source) return null;
  const other = besideOf(experiment, beside);
  if (!other) return [{ experiment, source }, null];
  const same = other.data === experiment.data;
  const { source: otherSource, missing } = same
    ? { source, missing: null }
    : sourceFor(other, useData.getState());
  if (!otherSource)
    notifications.show({
      color: 'yellow',
      title: 'Only the first run starts',
      message: `The run beside it trains on another data set. ${missing}`,
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
export function restart(): void {
  const starts = startsOf();
  if (starts) useRun.getState().start(...starts);
}

export function step(): void {
  const { status, step: stepRun } = useRun.getState();
  if (status === 'preparing' || status === 'ended') return;
  const starts = startsOf();
  if (starts) stepRun(...starts);
}

export async function copyLink(): Promise<void> {
  const { experiment, beside } = useExperiment.getState();
  const link = linkTo(experiment, beside);
  try {
    await navigator.clipboard.writeText(link);
    notifications.show({
      title: 'Link copied',
      message: 'It opens the lab with these settings.',
      withBorder: true,
    });
  } catch {
    notifications.show({
      color: 'yellow',
      title: 'The link could not be copied',
      message: link,
      autoClose: false,
      withBorder: true,
    });
  }
}

/** Downloads the run as a JSON record. */
export function saveRecord(): void {
  const { run } = useRun.getState();
  if (!run) return;
  try {
    const record = toRecord(run, { version: __APP_VERSION__, userAgent: navigator.userAgent });
    const url = URL.createObjectURL(new Blob([JSON.stringify(record)], { type: 'application/json' }));
    const anchor = document.createElement('a');
    anchor.href = url;
    anchor.download = `branch-lab-${run.createdAt.slice(0, 19).replaceAll(/[:T]/g, '-')}.json`;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    notifications.show({
      color: 'red',
      title: 'The record was not saved',
      message,
      autoClose: false,
      withBorder: true,
    });
  }
}
