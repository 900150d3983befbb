/** Renames the runs of this page when they are renamed in the history, here or in another tab. */
import { useHistory } from './history';
import { useRun } from './run';

/** Starts following the names. Returns a function that stops it. */
export const followNames = (): (() => void) =>
  useHistory.subscribe(({ entries }, before) => {
    if (entries === before.entries) return;
    const { run, beside, kept, rename } = useRun.getState();
    for (const held of [run, beside, ...kept]) {
      const entry = held && entries.find(({ id }) => id === held.id);
      if (entry && entry.name !== held.name) rename(entry.id, entry.name);
    }
  });
