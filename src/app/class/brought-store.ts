/** What became of what was brought last, from wherever on the page it came. */
import { create } from 'zustand';
import type { Taken } from './store';

interface BroughtState {
  taken: Taken | null;
  /** What is being read; null while nothing is. */
  reading: string | null;
}

export const useBrought = create<BroughtState>(() => ({ taken: null, reading: null }));
