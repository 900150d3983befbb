/** How large a presentation's text is: all else, the charts too, follows from it. */
import { useSyncExternalStore } from 'react';

const SMALLEST = 16;
const LARGEST = 64;

/** Size of body text in px for a window: 25.9 px at 1920x1080, 17.3 px at 1280x720, so that a wall shows it alike. */
export const presentText = (width: number, height: number): number =>
  Math.min(LARGEST, Math.max(SMALLEST, Math.min(width * 0.0135, height * 0.026)));

const follow = (listener: () => void) => {
  window.addEventListener('resize', listener);
  return () => window.removeEventListener('resize', listener);
};

/** The same for this window, as it is resized. */
export const useTextSize = (): number =>
  useSyncExternalStore(follow, () => presentText(window.innerWidth, window.innerHeight));
