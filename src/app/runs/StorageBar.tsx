/** Storage used by the runs, and an offer to delete the oldest ones if space is scarce. */
import { Button, Text } from '@mantine/core';
import { IconAlertTriangle, IconTrash } from '@tabler/icons-react';
import { t } from '../../language/language';
import { Bar } from '../controls/Bar';
import { bytes, count, dateAndTime } from '../controls/format';
import { useHistory, type HistoryState } from '../store/history';
import { listed } from '../../language/join';
import layout from '../controls/layout.module.css';
import { removeWithUndo } from './delete-runs';
import { bytesToFree, firstToGo } from '../../runs/history/storage-space';
import { bytesOf, type Whereabouts } from '../../runs/history/table-rows';
import classes from './RunsView.module.css';

const NAMED = 12;

/** Shown only while storage space is scarce. */
export function ScarceRoom({ whereabouts }: { whereabouts: Whereabouts }) {
  const entries = useHistory((state) => state.entries);
  const storage = useHistory((state) => state.storage);
  const full = useHistory((state) => state.problem?.full ?? false);
  const needed = bytesToFree(storage, full);
  if (needed === 0) return null;
  const going = firstToGo(entries, needed, whereabouts);
  const freed = going.reduce((sum, entry) => sum + bytesOf(entry), 0);
  const runs = { count: going.length, runs: count(going.length) };
  return (
    <Bar
      tint="yellow"
      icon={<IconAlertTriangle />}
      title={full ? t('The browser has no room left for this page') : t('Room is getting short')}
    >
      {going.length === 0 ? (
        <Text size="sm">
          {t(
            'No run could go: all are starred or have not ended. Take stars away, delete runs that you no longer need, or delete data sets under Data.',
          )}
        </Text>
      ) : (
        <>
          <div className={layout.bar}>
            <Text size="sm">
              {freed < needed
                ? t(
                    '{{runs}} runs without a star, written longest ago, would free {{freed}}, which is less than the {{needed}} that are short.',
                    { ...runs, freed: bytes(freed), needed: bytes(needed) },
                  )
                : t('{{runs}} runs without a star, written longest ago, would free {{freed}}.', {
                    ...runs,
                    freed: bytes(freed),
                  })}
            </Text>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconTrash size={14} aria-hidden />}
              onClick={() => void removeWithUndo(going)}
            >
              {t('Remove {{runs}} runs', runs)}
            </Button>
          </div>
          <ul className={classes.going}>
            {going.slice(0, NAMED).map((entry) => (
              <li key={entry.id}>
                {entry.name}{' '}
                <span className={classes.faint}>
                  {listed([dateAndTime(entry.updatedAt), bytes(bytesOf(entry))])}
                </span>
              </li>
            ))}
            {going.length > NAMED && <li>{t('and {{more}} more', { more: count(going.length - NAMED) })}</li>}
          </ul>
        </>
      )}
    </Bar>
  );
}

function storageInWords(storage: HistoryState['storage']): string {
  if (!storage) return t('The browser does not report how much space is left.');
  const sizes = { usage: bytes(storage.usage), quota: bytes(storage.quota) };
  return storage.persisted
    ? t(
        'This page uses {{usage}} of the {{quota}} that the browser allows it, and the browser keeps it until you delete it.',
        sizes,
      )
    : t(
        'This page uses {{usage}} of the {{quota}} that the browser allows it, and the browser may clear it when the disk is nearly full: save the records that matter as files.',
        sizes,
      );
}

export function RoomLine() {
  const entries = useHistory((state) => state.entries);
  const storage = useHistory((state) => state.storage);
  const taken = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
  return (
    <Text size="xs" c="dimmed">
      {entries.length > 0 && `${t('The runs take {{size}}.', { size: bytes(taken) })} `}
      {storageInWords(storage)}
    </Text>
  );
}
