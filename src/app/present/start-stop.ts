/** Starts and ends a presentation. A small file, because the header loads it before anyone presents. */
import type { Presentable } from '../../page/link-names';
import { usePage } from '../store/page-options';
import { beginSession } from './session';

/** Requests full screen. If the browser refuses, the presentation stays in its window. */
export function askFullScreen(): void {
  const root = document.documentElement;
  if (document.fullscreenElement === null && typeof root.requestFullscreen === 'function')
    void root.requestFullscreen().catch(() => undefined);
}

export function leaveFullScreen(): void {
  if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
}

/** Starts a presentation, by default with the chart of the identity scales, which shows the dip. */
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
