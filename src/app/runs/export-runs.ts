/** Hands runs of the history out as files, and says what is not in them. */
import { notifications } from '@mantine/notifications';
import { download } from '../../charts/plotly';
import { t } from '../../language/language';
import { messageOf } from '../../language/message-of';
import { packInWorker } from '../../runs/files/client';
import type { ExportKind } from '../../runs/files/export-kinds';
import { allWritten } from '../store/history-writer';
import { chartsAsSvg, MOST_DRAWN } from './run-charts';

const hasCharts = (kind: ExportKind) => kind === 'report' || kind === 'everything';

/** Packs and downloads; a failure is told. A run that is going on goes out as it was last kept. */
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
