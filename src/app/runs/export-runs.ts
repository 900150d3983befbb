/** Exports runs of the history as files, and reports what could not be included. */
import { notifications } from '@mantine/notifications';
import { download } from '../../charts/plotly';
import { t } from '../../language/language';
import { messageOf } from '../../language/message-of';
import { packInWorker } from '../../runs/files/client';
import type { ExportKind } from '../../runs/files/export-kinds';
import { allWritten } from '../store/history-writer';
import { chartsAsSvg, MOST_DRAWN } from './run-charts';

const hasCharts = (kind: ExportKind) => kind === 'report' || kind === 'everything';

/**
 * Packs the runs and downloads the file; a failure becomes a notification. A run that is still training is exported as
 * last saved.
 */
export async function exportRuns(ids: readonly string[], kind: ExportKind): Promise<void> {
  try {
    await allWritten();
    const charts = hasCharts(kind) ? await chartsAsSvg(ids) : [];
    const { name, blob, notes } = await packInWorker({
      kind,
      ids,
      charts,
      app: { version: __APP_VERSION__, userAgent: navigator.userAgent },
      lab: window.location.origin + window.location.pathname,
      date: new Date().toLocaleDateString('sv'),
    });
    download(blob, name);
    if (hasCharts(kind) && ids.length > MOST_DRAWN)
      notes.push(t('Charts are drawn of the first {{most}} runs only.', { most: MOST_DRAWN }));
    if (notes.length > 0)
      notifications.show({
        color: 'yellow',
        title: t('Not everything could be exported'),
        message: (notes.length > 5
          ? [...notes.slice(0, 5), t('And {{more}} more.', { more: notes.length - 5 })]
          : notes
        ).join(' '),
        autoClose: false,
        withBorder: true,
      });
  } catch (error) {
    const message = messageOf(error);
    notifications.show({
      color: 'red',
      title: t('Nothing was exported'),
      message,
      autoClose: false,
      withBorder: true,
    });
  }
}
