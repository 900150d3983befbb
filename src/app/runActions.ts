/** What the buttons and shortcuts do to the run: one place for the header, the bars and the keyboard. */
import { notifications } from '@mantine/notifications';
import { toRecord } from '../runs/record';
import { sourceFor, useData } from './store/data';
import { linkTo, useExperiment } from './store/experiment';
import { startWithBeside } from './store/pair';
import { useRun } from './store/run';

function withSource(
  act: (
    experiment: ReturnType<typeof useExperiment.getState>['experiment'],
    source: NonNullable<ReturnType<typeof sourceFor>['source']>,
  ) => void,
) {
  const { experiment } = useExperiment.getState();
  const { source } = sourceFor(experiment, useData.getState());
  if (source) act(experiment, source);
}

/** Start, pause or resume, whichever comes next. */
export function startOrPause(): void {
  const { status, pause, resume } = useRun.getState();
  if (status === 'running') pause();
  else if (status === 'paused') resume();
  else if (status !== 'preparing') restart();
}

/** A fresh run of what the panel shows, and after it the one beside it where there is one. */
export const restart = (): void =>
  withSource((experiment, source) => startWithBeside(experiment, useExperiment.getState().beside, source));

export function step(): void {
  const { status, step: stepRun } = useRun.getState();
  if (status !== 'preparing' && status !== 'ended') withSource(stepRun);
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
