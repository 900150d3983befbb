/** What became of what was brought last, from wherever on the page it came. */
import { create } from 'zustand';
import type { Taken } from './class-store';

interface BroughtState {
  taken: Taken | null;
  /** Which of how many files is being read, from 1; null while none is. */
  reading: { file: number; of: number } | null;
}

export const useBrought = create<BroughtState>(() => ({ taken: null, reading: null }));
