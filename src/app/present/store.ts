/** What a presentation remembers while it goes on. */
import { create } from 'zustand';

interface PresentState {
  /** Whether the QR code, or the list of keys, lies over what is shown. */
  over: 'code' | 'keys' | null;
  /** Steps of lessons whose answer the room has seen, and those that were set up: "LESSON STEP". Not kept: the next class has not seen them. */
  revealed: readonly string[];
  setUp: readonly string[];
  /** Whether networks are being probed. */
  probing: boolean;
  /** The second window: open, or refused by the browser. */
  notes: 'closed' | 'open' | 'refused';
  /** Why the last key did nothing, such as a branch that the block needs. */
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

export const beginAnew = (): void => usePresent.setState(FRESH);

export const toggleOver = (over: 'code' | 'keys'): void =>
  usePresent.setState((state) => ({ over: state.over === over ? null : over }));

export const noteRevealed = (step: string): void =>
  usePresent.setState(({ revealed }) => ({ revealed: [...revealed, step] }));

export const noteSetUp = (step: string): void =>
  usePresent.setState(({ setUp }) => ({ setUp: [...setUp, step] }));
