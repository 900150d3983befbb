/**
 * On phones and tablets a hidden page is put to sleep: by the lock, by another app, to spare the battery. A run that goes
 * on would be cut off at a step of the system's choosing, so it is paused instead, and the page tells of it. Where one works
 * with a mouse a hidden tab trains on: that is what one leaves it alone for.
 * While a run goes on in sight, the screen of such a device stays on.
 */
import { create } from 'zustand';
import { isTouched } from '../../charts/touch-gestures';
import { useRun, type RunStatus } from './run';

/** A glance at a message is not yet leaving; in ms. */
export const MOMENT = 2000;

interface AwayState {
  /** Whether the run stands still because the page was hidden. */
  paused: boolean;
}

export const useAway = create<AwayState>(() => ({ paused: false }));

/** What of the page and its run this needs. */
export interface Surroundings {
  isHidden: () => boolean;
  status: () => RunStatus;
  pause: () => void;
  now: () => number;
  /** Asks for the screen to stay on; rejects where it may not. */
  keepAwake: (() => Promise<{ release: () => Promise<void> }>) | null;
}

/** Keeps one page: `hidden`, `shown`, `left` and `changed` are to be called when that happens. */
export function awayKeeper({ isHidden, status, pause, now, keepAwake }: Surroundings) {
  let since: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lock: Promise<{ release: () => Promise<void> } | null> | null = null;

  const isTraining = () => status() === 'running' || status() === 'preparing';
  const pauseNow = () => {
    clearTimeout(timer);
    if (!isTraining()) return;
    pause();
    useAway.setState({ paused: true });
  };
  const letSleep = () => {
    void lock?.then((held) => held?.release()).catch(() => undefined);
    lock = null;
  };
  /** The screen stays on exactly while a run goes on in sight. */
  const holdScreen = () => {
    if (!isTraining() || isHidden()) return letSleep();
    // Refused where the battery is low, for one: then the screen goes off as it always does.
    if (keepAwake && !lock) lock = keepAwake().catch(() => null);
  };
  return {
    hidden: () => {
      since ??= now();
      clearTimeout(timer);
      timer = setTimeout(pauseNow, MOMENT);
      holdScreen();
    },
    shown: () => {
      // Timers of a page that sleeps may not run before it is back.
      if (since !== null && now() - since >= MOMENT) pauseNow();
      clearTimeout(timer);
      since = null;
      holdScreen();
    },
    /** The page is left, and may be asleep at once. */
    left: pauseNow,
    /** The run stands otherwise than before. */
    changed: (before: RunStatus) => {
      if (before === 'paused') useAway.setState({ paused: false });
      holdScreen();
    },
    stop: () => {
      clearTimeout(timer);
      letSleep();
    },
  };
}

/** Whether the run stands still because the page was hidden. */
export function useWasAway(): boolean {
  const paused = useAway((state) => state.paused);
  const stands = useRun(({ status }) => status === 'paused');
  return paused && stands;
}

/** Goes on with a run that was paused because the page was hidden. */
export const goOn = (): void => useRun.getState().resume();

/** Follows this page. Returns how to stop. */
export function followAway(): () => void {
  if (!isTouched()) return () => undefined;
  const keeper = awayKeeper({
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
