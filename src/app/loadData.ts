/** Getting CIFAR-100 into the lab: from a file, from the server, from the browser's store; and telling how it went. */
import { notifications } from '@mantine/notifications';
import { deleteStored, listStored, saveDataset } from '../data/store';
import { fetchServed, servedArchive } from '../data/served';
import type { DataFile } from '../data/data-file';
import { readFilesInWorker } from '../data/read-client';
import { bytes, count } from './format';
import { useData } from './store/data';
import { useExperiment } from './store/experiment';

let reading: AbortController | null = null;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function tellFailure(title: string, error: unknown) {
  notifications.show({ color: 'red', title, message: messageOf(error), autoClose: false, withBorder: true });
}

/** Looks for a stored set, then for one that the server offers. */
export async function findData(): Promise<void> {
  try {
    useData.setState({ stored: (await listStored())[0] ?? null });
  } catch (error) {
    tellFailure('The browser’s store could not be read', error);
  }
  useData.setState({ checked: true });
  if (useData.getState().stored) return;
  try {
    useData.setState({ served: await servedArchive() });
  } catch {
    useData.setState({ served: null });
  }
}

/** Ends the reading that is under way. */
export function cancelReading(): void {
  reading?.abort();
}

/** Reads files of any form, keeps the set (in memory where storing fails) and switches the experiment to it. */
export async function readFiles(files: readonly DataFile[]): Promise<void> {
  cancelReading();
  const controller = new AbortController();
  reading = controller;
  const what = `Reading ${files.length === 1 ? files[0]!.path : `${count(files.length)} files`}`;
  useData.setState({ loading: { what, share: null } });
  try {
    const dataset = await readFilesInWorker(files, {
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        const share = Math.round((100 * done) / Math.max(1, total)) / 100;
        if (reading === controller && useData.getState().loading?.share !== share)
          useData.setState({ loading: { what, share } });
      },
    });
    controller.signal.throwIfAborted();
    useData.setState({ loading: { what: 'Keeping it for the next visit', share: null } });
    try {
      await saveDataset(dataset);
      useData.setState({ stored: (await listStored())[0] ?? null, memory: null });
      notifications.show({
        color: 'teal',
        title: 'CIFAR-100 is here',
        message: dataset.label,
        withBorder: true,
      });
    } catch (error) {
      useData.setState({ memory: dataset });
      notifications.show({
        color: 'yellow',
        title: 'CIFAR-100 is here, for this visit only',
        message: `It could not be kept in the browser: ${messageOf(error)} It will be gone when the page closes.`,
        autoClose: false,
        withBorder: true,
      });
    }
    useExperiment.getState().change({ data: 'cifar100' });
  } catch (error) {
    if (!controller.signal.aborted)
      tellFailure(files.length === 1 ? 'This file was not read' : 'These files were not read', error);
  } finally {
    if (reading === controller) {
      reading = null;
      useData.setState({ loading: null });
    }
  }
}

/** Fetches the archive that the server offers, and reads it. */
export async function readServed(): Promise<void> {
  const { served } = useData.getState();
  if (!served) return;
  cancelReading();
  useData.setState({ loading: { what: `Fetching ${served.name}, ${bytes(served.bytes)}`, share: null } });
  const controller = new AbortController();
  reading = controller;
  let archive: Blob;
  try {
    archive = await fetchServed(served.url, controller.signal);
  } catch (error) {
    if (reading === controller) useData.setState({ loading: null });
    if (!controller.signal.aborted) tellFailure('The served archive was not fetched', error);
    return;
  }
  await readFiles([{ path: served.name, blob: archive }]);
}

/** Deletes the set, stored or in memory. */
export async function forgetData(): Promise<void> {
  try {
    const { stored, memory } = useData.getState();
    if (stored) await deleteStored(stored.digest);
    useData.setState({ stored: null, memory: null });
    notifications.show({
      title: 'CIFAR-100 is deleted',
      message: `The browser keeps no copy of ${(stored ?? memory)?.label ?? 'it'}.`,
      withBorder: true,
    });
    await findData();
  } catch (error) {
    tellFailure('CIFAR-100 could not be deleted', error);
  }
}
