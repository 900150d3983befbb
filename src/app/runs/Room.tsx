/** How much room the runs take, and, where it is short, which of them could go. */
import { Button, Text } from '@mantine/core';
import { IconAlertTriangle, IconTrash } from '@tabler/icons-react';
import { Bar } from '../Bar';
import { bytes, count, moment } from '../format';
import { useHistory } from '../store/history';
import layout from '../layout.module.css';
import { removeWithUndo } from './remove';
import { bytesToFree, firstToGo } from './room';
import { bytesOf, type Whereabouts } from './rows';
import classes from './RunsView.module.css';

const NAMED = 12;

/** Stands only where room is short. */
export function ScarceRoom({ whereabouts }: { whereabouts: Whereabouts }) {
  const entries = useHistory((state) => state.entries);
  const storage = useHistory((state) => state.storage);
  const full = useHistory((state) => state.problem?.full ?? false);
  const needed = bytesToFree(storage, full);
  if (needed === 0) return null;
  const going = firstToGo(entries, needed, whereabouts);
  const freed = going.reduce((sum, entry) => sum + bytesOf(entry), 0);
  const runs = `${count(going.length)} ${going.length === 1 ? 'run' : 'runs'}`;
  return (
    <Bar
      tint="yellow"
      icon={<IconAlertTriangle />}
      title={full ? 'The browser has no room left for this page' : 'Room is getting short'}
    >
      {going.length === 0 ? (
        <Text size="sm">
          No run could go: all are starred or have not ended. Take stars away, delete runs that you no longer
          need, or delete data sets under Data.
        </Text>
      ) : (
        <>
          <div className={layout.bar}>
            <Text size="sm">
              {runs} without a star, written longest ago, would free {bytes(freed)}
              {freed < needed ? `, which is less than the ${bytes(needed)} that are short` : ''}.
            </Text>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconTrash size={14} aria-hidden />}
              onClick={() => void removeWithUndo(going)}
            >
              Remove {runs}
            </Button>
          </div>
          <ul className={classes.going}>
            {going.slice(0, NAMED).map((entry) => (
              <li key={entry.id}>
                {entry.name}{' '}
                <span className={classes.faint}>
                  {moment(entry.updatedAt)}, {bytes(bytesOf(entry))}
                </span>
              </li>
            ))}
            {going.length > NAMED && <li>and {count(going.length - NAMED)} more</li>}
          </ul>
        </>
      )}
    </Bar>
  );
}

export function RoomLine() {
  const entries = useHistory((state) => state.entries);
  const storage = useHistory((state) => state.storage);
  const taken = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
  return (
    <Text size="xs" c="dimmed">
      {entries.length > 0 && `The runs take ${bytes(taken)}. `}
      {storage
        ? `This page uses ${bytes(storage.usage)} of the ${bytes(storage.quota)} that the browser allows it, and the browser ${
            storage.persisted
              ? 'keeps it until you delete it.'
              : 'may clear it when the disk is nearly full: save the records that matter as files.'
          }`
        : 'The browser does not say how much room there is.'}
    </Text>
  );
}
