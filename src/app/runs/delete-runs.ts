/** Deletes runs from the history, and offers to restore them. */
import { t } from '../../language/language';
import type { HistoryEntry } from '../../runs/history/entry';
import { deleteRuns, UNDO_TIME } from '../store/history';
import { offerUndo } from '../controls/undo';

export async function removeWithUndo(entries: readonly Pick<HistoryEntry, 'id' | 'name'>[]): Promise<void> {
  const [first] = entries;
  if (!first) return;
  const { restore } = await deleteRuns(entries.map(({ id }) => id));
  const what =
    entries.length === 1
      ? t('“{{run}}” is deleted', { run: first.name })
      : t('{{count}} runs are deleted', { count: entries.length });
  offerUndo(what, () => void restore(), UNDO_TIME);
}
