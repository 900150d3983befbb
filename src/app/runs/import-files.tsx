/** Imports dropped or chosen files: runs into the history, sweeps into their store. Reports the result. */
import { Button, Group, List, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { DataFile } from '../../data/data-file';
import { t } from '../../language/language';
import { Rich } from '../../language/Rich';
import type { ImportedEntry, ImportReport } from '../../runs/files/import-runs';
import { importInWorker } from '../../runs/files/client';
import { runFileKind } from '../../runs/files/recognise-files';
import { listed } from '../../language/join';
import { messageOf } from '../../language/message-of';
import { listedUpTo } from '../../runs/list-text';
import { useExperiment } from '../store/experiment';
import { look, noteEntry, useHistory } from '../store/history';
import { useRun } from '../store/run';
import { showView, type ViewId } from '../store/current-view';
import { bringSweeps } from '../sweeps/import-sweeps';

/** Number of reasons that a notification lists. */
const TOLD = 6;
const MESSAGE = 'brought-files';

/**
 * Splits dropped files into files of runs and others (data sets, pictures). A JSON file inside the folder of a data set is
 * not taken for a record, and a chart beside a record is not taken for a picture.
 */
export async function sortFiles<T extends DataFile>(
  files: readonly T[],
): Promise<{ runs: T[]; others: T[] }> {
  const kinds = await Promise.all(
    // A data set can have tens of thousands of images, so images are recognised by name alone.
    files.map((file) =>
      /\.(png|jpe?g|webp|gif|bmp)$/i.test(file.path) ? null : runFileKind(file).catch(() => null),
    ),
  );
  const runs = files.filter((_, i) => kinds[i] !== null);
  const others = files.filter((file, i) => kinds[i] === null && !/\.(csv|md|svg)$/i.test(file.path));
  if (runs.length === 0) return { runs, others: [...files] };
  const loose = others.length > 0 && runs.every((_, i) => /\.json$/i.test(runs[i]!.path));
  return loose ? { runs: [], others: [...files] } : { runs, others };
}

/** Result of an import: what was imported, and why the rest was not. */
interface Told extends ImportReport {
  /** Names of the imported sweeps. */
  sweeps: readonly string[];
}

function titleOf({ runs, refused, sweeps }: Told): string {
  const of = (...how: ImportedEntry['how'][]) => runs.filter((run) => how.includes(run.how)).length;
  const parts = [
    of('new') > 0 ? t('{{count}} runs came in', { count: of('new') }) : '',
    of('longer', 'checkpoint') > 0 ? t('{{runs}} completed', { runs: of('longer', 'checkpoint') }) : '',
    of('here') > 0 ? t('{{runs}} already here', { runs: of('here') }) : '',
    sweeps.length > 0 ? t('{{count}} sweeps came in', { count: sweeps.length }) : '',
    refused.length > 0 ? t('{{count}} files refused', { count: refused.length }) : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? listed(parts) : t('There was no run in it');
}

function Show({ view, label }: { view: ViewId; label: string }) {
  return (
    <Button
      size="xs"
      variant="default"
      onClick={() => {
        showView(view);
        notifications.hide(MESSAGE);
      }}
    >
      {label}
    </Button>
  );
}

function Message({ report: { runs, refused, sweeps } }: { report: Told }) {
  const fresh = runs.filter(({ how }) => how !== 'here');
  const here = runs.filter(({ how }) => how === 'here');
  const names = (some: readonly ImportedEntry[]) =>
    listedUpTo(
      some.map(({ name }) => name),
      TOLD,
    );
  return (
    <Stack gap={6} align="flex-start">
      {fresh.length > 0 && <Text size="sm">{names(fresh)}</Text>}
      {here.length > 0 && <Text size="sm">{t('Already here: {{names}}', { names: names(here) })}</Text>}
      {sweeps.length > 0 && (
        <Text size="sm">{t('To be run on the view Sweeps: {{names}}', { names: listed(sweeps) })}</Text>
      )}
      {refused.length > 0 && (
        <List size="sm" style={{ overflowWrap: 'anywhere' }}>
          {refused.slice(0, TOLD).map(({ file, reason }) => (
            <List.Item key={`${file} ${reason}`}>
              <Rich
                text="<file/>: {{reason}}"
                values={{ reason }}
                parts={{ file: <b>{file.slice(0, 200)}</b> }}
              />
            </List.Item>
          ))}
          {refused.length > TOLD && (
            <List.Item>{t('and {{more}} more', { more: refused.length - TOLD })}</List.Item>
          )}
        </List>
      )}
      <Group gap="xs">
        {runs.length > 0 && <Show view="runs" label={t('Show the runs')} />}
        {sweeps.length > 0 && <Show view="sweeps" label={t('Show the sweeps')} />}
      </Group>
    </Stack>
  );
}

/** Imports files; never throws. */
export async function bringFiles(files: readonly DataFile[]): Promise<void> {
  notifications.hide(MESSAGE);
  const working = notifications.show({
    loading: true,
    title:
      files.length === 1
        ? t('Reading {{file}}', { file: files[0]!.path })
        : t('Reading {{count}} files', { count: files.length }),
    message: '',
    autoClose: false,
    withBorder: true,
  });
  try {
    await look();
    const { run, beside, status } = useRun.getState();
    const going = status === 'ended' ? [] : [run, beside].flatMap((one) => (one && !one.end ? [one.id] : []));
    const busy = new Set([...useHistory.getState().elsewhere, ...going]);
    const { names: sweeps, refused, others } = await bringSweeps(files);
    const plain = others.map(({ path, blob }) => ({ path, blob }));
    const imported =
      plain.length > 0
        ? await importInWorker(plain, { experiment: useExperiment.getState().experiment, busy })
        : { runs: [], refused: [] };
    const report: Told = { ...imported, refused: [...refused, ...imported.refused], sweeps };
    const came = report.runs.length + sweeps.length;
    for (const { entry, how } of report.runs) if (how !== 'here') noteEntry(entry);
    await look();
    notifications.show({
      id: MESSAGE,
      color: report.refused.length === 0 ? 'teal' : came > 0 ? 'yellow' : 'red',
      title: titleOf(report),
      message: <Message report={report} />,
      closeButtonProps: { 'aria-label': t('Dismiss this message') },
      autoClose: report.refused.length === 0 ? 12_000 : false,
      withBorder: true,
    });
  } catch (error) {
    const message = messageOf(error);
    notifications.show({
      color: 'red',
      title: t('The files were not read'),
      message,
      autoClose: false,
      withBorder: true,
    });
  } finally {
    notifications.hide(working);
  }
}
