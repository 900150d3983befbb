import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hiddenPageGuard, PAUSE_DELAY, useHiddenPage } from './hidden-page';
import type { RunStatus } from './run';

beforeEach(() => {
  vi.useFakeTimers();
  useHiddenPage.setState({ paused: false });
});
afterEach(() => vi.useRealTimers());

/** A phone with a run that goes on. */
function phone(refuses = false) {
  const page = { hidden: false, status: 'running' as RunStatus, locks: 0 };
  const keeper = hiddenPageGuard({
    isHidden: () => page.hidden,
    status: () => page.status,
    pause: () => become('paused'),
    now: () => Date.now(),
    keepAwake: async () => {
      if (refuses) throw new DOMException('The battery is low.', 'NotAllowedError');
      page.locks++;
      return { release: async () => void page.locks-- };
    },
  });
  const become = (status: RunStatus) => {
    const before = page.status;
    page.status = status;
    keeper.changed(before);
  };
  const hide = () => {
    page.hidden = true;
    keeper.hidden();
  };
  const show = () => {
    page.hidden = false;
    keeper.shown();
  };
  return { page, keeper, become, hide, show };
}

describe('a run on a device that is touched', () => {
  test('is paused when the page stays hidden, and the page tells of it until the run goes on', async () => {
    const { page, become, hide, show } = phone();
    hide();
    await vi.advanceTimersByTimeAsync(PAUSE_DELAY - 1);
    expect(page.status).toBe('running');
    await vi.advanceTimersByTimeAsync(1);
    expect(page.status).toBe('paused');
    show();
    expect(useHiddenPage.getState().paused).toBe(true);
    become('running');
    expect(useHiddenPage.getState().paused).toBe(false);
  });

  test('goes on where the page is hidden for a moment only', async () => {
    const { page, hide, show } = phone();
    hide();
    await vi.advanceTimersByTimeAsync(PAUSE_DELAY / 2);
    show();
    await vi.advanceTimersByTimeAsync(2 * PAUSE_DELAY);
    expect(page.status).toBe('running');
    expect(useHiddenPage.getState().paused).toBe(false);
  });

  test('is paused on coming back where the device slept and no timer ran', () => {
    const { page, hide, show } = phone();
    hide();
    vi.setSystemTime(Date.now() + 60_000);
    show();
    expect(page.status).toBe('paused');
    expect(useHiddenPage.getState().paused).toBe(true);
  });

  test('is paused at once when the page is left', () => {
    const { page, keeper } = phone();
    keeper.left();
    expect(page.status).toBe('paused');
  });

  test('a run that stands already is nobody’s doing', async () => {
    const { become, hide, show } = phone();
    become('paused');
    hide();
    await vi.advanceTimersByTimeAsync(2 * PAUSE_DELAY);
    show();
    expect(useHiddenPage.getState().paused).toBe(false);
  });

  test('keeps the screen on while it goes on in sight, with one lock at a time', async () => {
    const { page, become, hide, show } = phone();
    become('preparing');
    become('running');
    await vi.advanceTimersByTimeAsync(0);
    expect(page.locks).toBe(1);
    hide();
    await vi.advanceTimersByTimeAsync(0);
    expect(page.locks).toBe(0);
    show();
    await vi.advanceTimersByTimeAsync(0);
    expect(page.locks).toBe(1);
    become('ended');
    await vi.advanceTimersByTimeAsync(0);
    expect(page.locks).toBe(0);
  });

  test('trains all the same where the screen may not be kept on', async () => {
    const { page, become } = phone(true);
    become('running');
    await vi.advanceTimersByTimeAsync(0);
    become('ended');
    await vi.advanceTimersByTimeAsync(0);
    expect(page.locks).toBe(0);
  });
});
