/** Loads CIFAR-100 into the lab from files, the network or the browser's storage, and reports the outcome. */
import { sentences } from '../../language/join';
import { t } from '../../language/language';
import { message, type Message } from '../../language/message';
import { errorText, messageText } from '../../language/message-text';
import { notifications } from '@mantine/notifications';
import type { DataFile } from '../../data/data-file';
import { HUGGING_FACE, HUGGING_FACE_URLS } from '../../data/download/hugging-face';
import type { Progress } from '../../data/progress';
import { readFilesInWorker, readRemoteInWorker, type ReadResult } from '../../data/reading/read-client';
import { fetchServed, servedArchive } from '../../data/download/served';
import { deleteStored, listStored, saveDataset, storageEstimate } from '../../data/store/store';
import { bytes, count } from '../controls/format';
import { chooseSet, showSets, useData } from '../store/data-sets';
import { useExperiment } from '../store/experiment';

/** Milliseconds between two updates of the progress. */
const INTERVAL = 200;

type Options = { signal: AbortSignal; onProgress: (progress: Progress) => void };

let reading: AbortController | null = null;

function showFailureOf(title: string, error: unknown) {
  notifications.show({ color: 'red', title, message: errorText(error), autoClose: false, withBorder: true });
}

const refreshStoredSets = async () => showSets(await listStored(), await storageEstimate());

/** Looks for stored sets, then for one that the server offers. */
export async function findData(): Promise<void> {
  await refreshStoredSets();
  useData.setState({ checked: true });
  useData.setState({ served: await servedArchive() });
}

/** Ends the reading or download that is under way. */
export function cancelReading(): void {
  reading?.abort();
}

/** Loads a set, stores it (in memory if storing fails) and switches the experiment to it. */
async function loadAndStore(
  what: Message,
  failure: string,
  read: (options: Options) => Promise<ReadResult>,
): Promise<void> {
  cancelReading();
  const controller = new AbortController();
  const { signal } = controller;
  reading = controller;
  useData.setState({ loading: { what, progress: null } });
  let shown = -Infinity;
  const onProgress = (progress: Progress) => {
    const now = performance.now();
    if (reading !== controller || (now - shown < INTERVAL && progress.done < progress.total)) return;
    shown = now;
    useData.setState({ loading: { what, progress } });
  };
  try {
    const result = await read({ signal, onProgress });
    signal.throwIfAborted();
    await keep(result);
  } catch (error) {
    if (!signal.aborted) showFailureOf(failure, error);
  } finally {
    if (reading === controller) {
      reading = null;
      useData.setState({ loading: null });
    }
  }
}

async function keep({ dataset, note }: ReadResult): Promise<void> {
  useData.setState({ loading: { what: message('task.keep'), progress: null } });
  try {
    await saveDataset(dataset);
    await refreshStoredSets();
    chooseSet(dataset.digest);
    notifications.show({
      color: 'teal',
      title: t('CIFAR-100 is loaded'),
      message:
        note === null
          ? messageText(dataset.label)
          : sentences(t('{{label}}.', { label: messageText(dataset.label) }), note),
      withBorder: true,
    });
  } catch (error) {
    useData.setState({ memory: dataset, spare: null });
    notifications.show({
      color: 'yellow',
      title: t('CIFAR-100 is loaded, for this visit only'),
      message: sentences(
        t('It could not be stored in the browser: {{reason}}', { reason: errorText(error) }),
        t('It will be gone when the page closes.'),
      ),
      autoClose: false,
      withBorder: true,
    });
  }
  useExperiment.getState().change({ data: 'cifar100' });
}

/** Reads files of any form; several at once if they belong together. */
export const readFiles = (files: readonly DataFile[]): Promise<void> =>
  loadAndStore(
    files.length === 1
      ? message('task.file', { path: files[0]!.path })
      : message('task.files', { files: count(files.length) }),
    files.length === 1 ? t('This file was not read') : t('These files were not read'),
    async (options) => ({ dataset: await readFilesInWorker(files, options), note: null }),
  );

/** Fetches the archive that the server offers, and reads it. */
export async function readServed(): Promise<void> {
  const { served } = useData.getState();
  if (!served) return;
  await loadAndStore(
    message('task.served', { name: served.name, size: bytes(served.bytes) }),
    t('The served archive was not read'),
    async (options) => {
      const blob = await fetchServed(served.url, options.signal);
      return { dataset: await readFilesInWorker([{ path: served.name, blob }], options), note: null };
    },
  );
}

/** Downloads a share (0 … 1) of the parquet copy on Hugging Face. */
export const downloadShare = (share: number): Promise<void> =>
  loadAndStore(
    message('task.share', { percent: Math.round(100 * share), host: HUGGING_FACE.host }),
    t('CIFAR-100 was not downloaded'),
    (options) => readRemoteInWorker({ kind: 'parquet', urls: HUGGING_FACE_URLS, share }, options),
  );

/** Downloads whole files of any form. */
export const downloadFrom = (urls: readonly string[]): Promise<void> =>
  loadAndStore(
    message('task.url', { hosts: [...new Set(urls.map((url) => new URL(url).host))].join(', ') }),
    t('CIFAR-100 was not downloaded'),
    (options) => readRemoteInWorker({ kind: 'files', urls }, options),
  );

/** Deletes a set, stored or in memory. */
export async function deleteData(digest: string): Promise<void> {
  try {
    const { sets, memory, spare } = useData.getState();
    const label =
      [...sets, memory, spare].find((set) => set?.digest === digest)?.label ?? message('data.cifar100');
    if (memory?.digest === digest) useData.setState({ memory: null });
    else if (spare?.digest === digest) useData.setState({ spare: null });
    else await deleteStored(digest);
    await refreshStoredSets();
    notifications.show({
      title: t('CIFAR-100 is deleted'),
      message: t('The browser keeps no copy of “{{label}}”.', { label: messageText(label) }),
      withBorder: true,
    });
  } catch (error) {
    showFailureOf(t('CIFAR-100 could not be deleted'), error);
  }
}
