/** Text size of a presentation. Everything else, charts included, scales with it. */
import { useSyncExternalStore } from 'react';

const SMALLEST = 16;
const LARGEST = 64;

/** Size of body text in px for a window: 25.9 px at 1920x1080, 17.3 px at 1280x720, so that it looks the same on a projector. */
export const presentText = (width: number, height: number): number =>
  Math.min(LARGEST, Math.max(SMALLEST, Math.min(width * 0.0135, height * 0.026)));

const follow = (listener: () => void) => {
  window.addEventListener('resize', listener);
  return () => window.removeEventListener('resize', listener);
};

/** The text size of this window, updated when it is resized. */
export const useTextSize = (): number =>
  useSyncExternalStore(follow, () => presentText(window.innerWidth, window.innerHeight));
