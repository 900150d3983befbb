/** How much room runs take, when it is scarce, and which runs are then the first to go. Pure. */
import type { HistoryEntry } from './entry';
import { bytesOf, standingOf, whyKept, type Whereabouts } from './table-rows';

/** Share of what the browser allows from which on room is scarce, and to which it is then to be brought back. */
export const SCARCE = 0.8;
const ENOUGH = 0.7;
/** Where a save failed, so much is freed at least. */
const LEAST = 50e6;

/** Bytes that are to be freed; 0 where there is room enough. `full`: a save failed for lack of room. */
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
