/** Beginning and leaving a presentation; small, since the lab's header needs it before anybody presents. */
import type { Presentable } from '../../page/link-names';
import { usePage } from '../store/page-options';
import { beginSession } from './session';

/** Asks for the full screen. A browser that refuses, or has none, shows the presentation in its window. */
export function askFullScreen(): void {
  const root = document.documentElement;
  if (document.fullscreenElement === null && typeof root.requestFullscreen === 'function')
    void root.requestFullscreen().catch(() => undefined);
}

export function leaveFullScreen(): void {
  if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
}

/** Presents the page: the chart of the identity's scales first, because the dip lives there. */
export function present(shown: Presentable = 'chart.identity'): void {
  beginSession();
  usePage.setState({ present: shown });
  askFullScreen();
}

/** Back to the lab. */
export function leave(): void {
  leaveFullScreen();
  usePage.setState({ present: null });
}
