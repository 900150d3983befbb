/** State of the current presentation. */
import { create } from 'zustand';

interface PresentState {
  /** Which overlay is open: the QR code or the list of keys. */
  over: 'code' | 'keys' | null;
  /** Steps of lessons whose answer was revealed, and steps that were set up, as "LESSON STEP". Not stored, because the next class has not seen them. */
  revealed: readonly string[];
  setUp: readonly string[];
  /** Whether networks are being probed. */
  probing: boolean;
  /** The second window: open, or refused by the browser. */
  notes: 'closed' | 'open' | 'refused';
  /** Why the last key had no effect, for example because the block needs a branch. */
  refusal: string | null;
}

const FRESH: PresentState = {
  over: null,
  revealed: [],
  setUp: [],
  probing: false,
  notes: 'closed',
  refusal: null,
};

export const usePresent = create<PresentState>(() => FRESH);

export const resetPresentation = (): void => usePresent.setState(FRESH);

export const toggleOver = (over: 'code' | 'keys'): void =>
  usePresent.setState((state) => ({ over: state.over === over ? null : over }));

export const noteRevealed = (step: string): void =>
  usePresent.setState(({ revealed }) => ({ revealed: [...revealed, step] }));

export const noteSetUp = (step: string): void =>
  usePresent.setState(({ setUp }) => ({ setUp: [...setUp, step] }));
