/** How much space runs take, when it is short, and which runs are offered for deletion first. Pure. */
import type { HistoryEntry } from './entry';
import { bytesOf, standingOf, whyKept, type Whereabouts } from './table-rows';

/** Shares of the browser's quota: space is short above the first, and is freed down to the second. */
export const SCARCE = 0.8;
const ENOUGH = 0.7;
/** The fewest bytes to free after a failed save. */
const LEAST = 50e6;

/** Bytes to free; 0 where there is enough space. `full`: a save failed for lack of space. */
export function bytesToFree(storage: { usage: number; quota: number } | null, full: boolean): number {
  const over = storage && storage.usage > SCARCE * storage.quota ? storage.usage - ENOUGH * storage.quota : 0;
  return full ? Math.max(over, LEAST) : over;
}

/** Ended runs without a star, the one first that was last written longest ago, until they hold `bytes`; all where they do not. */
export function firstToGo(
  entries: readonly HistoryEntry[],
  bytes: number,
  whereabouts: Whereabouts,
): HistoryEntry[] {
  let freed = 0;
  return entries
    .filter((entry) => !entry.starred && entry.end && whyKept(standingOf(entry, whereabouts)) === null)
    .toSorted((a, b) => a.updatedAt.localeCompare(b.updatedAt))
    .filter((entry) => {
      if (freed >= bytes) return false;
      freed += bytesOf(entry);
      return true;
    });
}
