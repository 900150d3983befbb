/**
 * Who trains which run, where several tabs share a history: a tab holds a lock on its run as long as it trains it. A lock
 * goes with its tab, however that ends, so a run without one and without an end was interrupted.
 */

const PREFIX = 'branch-lab-run ';

/** Locks of this page, by run. */
const held = new Map<string, () => void>();

/** Where the browser has no locks (pages that are not served securely), runs have no owner. */
const locks = () => (typeof navigator === 'undefined' ? undefined : navigator.locks);

/** Takes a run for this page until `letGo`. Resolves to false where another tab has it. */
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
