/**
 * Pauses the run while the page is hidden on phones and tablets: their systems suspend hidden pages (lock, other app,
 * battery) at any step. The page reports the pause. With a mouse, hidden tabs train on. While a run is training in a
 * visible page, the screen of such a device is kept on.
 */
import { create } from 'zustand';
import { isTouched } from '../../charts/touch-gestures';
import { useRun, type RunStatus } from './run';

/**
 * Time in ms that the page must be hidden before the run is paused, so that a glance at a notification does not pause
 * it.
 */
export const PAUSE_DELAY = 2000;

interface HiddenPageState {
  /** Whether the run is paused because the page was hidden. */
  paused: boolean;
}

export const useHiddenPage = create<HiddenPageState>(() => ({ paused: false }));

/** What the guard needs of the page and its run; tests replace it. */
export interface Surroundings {
  isHidden: () => boolean;
  status: () => RunStatus;
  pause: () => void;
  now: () => number;
  /** Requests a screen wake lock; rejects if it is refused. */
  keepAwake: (() => Promise<{ release: () => Promise<void> }>) | null;
}

/** The logic for one page. Call `hidden`, `shown`, `left` and `changed` at these events. */
export function hiddenPageGuard({ isHidden, status, pause, now, keepAwake }: Surroundings) {
  let since: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lock: Promise<{ release: () => Promise<void> } | null> | null = null;

  const isTraining = () => status() === 'running' || status() === 'preparing';
  const pauseNow = () => {
    clearTimeout(timer);
    if (!isTraining()) return;
    pause();
    useHiddenPage.setState({ paused: true });
  };
  const letSleep = () => {
    void lock?.then((held) => held?.release()).catch(() => undefined);
    lock = null;
  };
  /** Holds the wake lock exactly while a run is training in a visible page. */
  const holdScreen = () => {
    if (!isTraining() || isHidden()) return letSleep();
    // Refused for example when the battery is low: then the screen turns off as usual.
    if (keepAwake && !lock) lock = keepAwake().catch(() => null);
  };
  return {
    hidden: () => {
      since ??= now();
      clearTimeout(timer);
      timer = setTimeout(pauseNow, PAUSE_DELAY);
      holdScreen();
    },
    shown: () => {
      // Timers of a suspended page may run only after it is shown again.
      if (since !== null && now() - since >= PAUSE_DELAY) pauseNow();
      clearTimeout(timer);
      since = null;
      holdScreen();
    },
    /** The page is left and may be suspended at once. */
    left: pauseNow,
    /** The status of the run has changed. */
    changed: (before: RunStatus) => {
      if (before === 'paused') useHiddenPage.setState({ paused: false });
      holdScreen();
    },
    stop: () => {
      clearTimeout(timer);
      letSleep();
    },
  };
}

/** Whether the run is paused because the page was hidden. */
export function useWasPausedWhileHidden(): boolean {
  const paused = useHiddenPage((state) => state.paused);
  const stands = useRun(({ status }) => status === 'paused');
  return paused && stands;
}

/** Resumes a run that was paused because the page was hidden. */
export const goOn = (): void => useRun.getState().resume();

/** Starts the guard for this page. Returns a function that stops it. */
export function followPageVisibility(): () => void {
  if (!isTouched()) return () => undefined;
  const keeper = hiddenPageGuard({
    isHidden: () => document.visibilityState === 'hidden',
    status: () => useRun.getState().status,
    pause: () => useRun.getState().pause(),
    now: () => Date.now(),
    keepAwake: 'wakeLock' in navigator ? () => navigator.wakeLock.request('screen') : null,
  });
  const look = () => (document.visibilityState === 'hidden' ? keeper.hidden() : keeper.shown());
  const stopFollowing = useRun.subscribe(({ status }, before) => {
    if (status !== before.status) keeper.changed(before.status);
  });
  document.addEventListener('visibilitychange', look);
  window.addEventListener('pagehide', keeper.left);
  return () => {
    keeper.stop();
    stopFollowing();
    document.removeEventListener('visibilitychange', look);
    window.removeEventListener('pagehide', keeper.left);
  };
}
