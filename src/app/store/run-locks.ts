/**
 * Web locks that tell which tab trains which run. A tab holds the lock of its run while it trains it. The browser
 * releases the locks of a closed or killed tab, so a run without lock and without end was interrupted.
 */

const PREFIX = 'branch-lab-run ';

/** Functions that release this page's locks, by run. */
const held = new Map<string, () => void>();

/** Without Web Locks (pages served without https), runs have no owner. */
const locks = () => (typeof navigator === 'undefined' ? undefined : navigator.locks);

/** Acquires the lock of a run until `letGo`. Resolves to false if another tab has it. */
export function take(id: string): Promise<boolean> {
  if (held.has(id)) return Promise.resolve(true);
  const manager = locks();
  if (!manager) return Promise.resolve(true);
  return new Promise((resolve, reject) => {
    manager
      .request(PREFIX + id, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        if (!lock) return undefined;
        return new Promise<void>((release) => held.set(id, release));
      })
      .catch(reject);
  });
}

/** Whether this page trains the run. */
export const isHeld = (id: string): boolean => held.has(id);

export function letGo(id: string): void {
  held.get(id)?.();
  held.delete(id);
}

/** Runs that other tabs are training. */
export async function ownedElsewhere(): Promise<ReadonlySet<string>> {
  const { held: all = [] } = (await locks()?.query()) ?? {};
  const ids = all.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : []));
  return new Set(ids.filter((id) => !held.has(id)));
}
