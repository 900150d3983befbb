/** Store of the report on the last import, whichever part of the page started it. */
import { create } from 'zustand';
import type { Taken } from './class-store';

interface BroughtState {
  taken: Taken | null;
  /** Number of the file being read, from 1, and number of files; null if none is being read. */
  reading: { file: number; of: number } | null;
}

export const useBrought = create<BroughtState>(() => ({ taken: null, reading: null }));
