/** Shows a part of the page that a lesson points at: opens its view and what it is in, and scrolls to it. */
import { partOf, partsAround, selectorOf, type LessonPart } from '../../page/parts';
import { useInterface } from '../store/interface-state';
import { showView } from '../store/current-view';

/** How long a part may take to appear, in ms. */
const PATIENCE = 3000;
/** Longest time that it may move, in ms, and number of frames without a movement after which it counts as still. */
const MOVING = 1000;
const STILL = 12;

/** The element of a selector as soon as it exists; null if it does not appear in time, or `signal` aborts. */
function appearing(selector: string, signal: AbortSignal): Promise<Element | null> {
  const here = document.querySelector(selector);
  if (here || signal.aborted) return Promise.resolve(signal.aborted ? null : here);
  return new Promise((resolve) => {
    const finish = (element: Element | null) => {
      observer.disconnect();
      clearTimeout(timer);
      resolve(element);
    };
    const observer = new MutationObserver(() => {
      const element = document.querySelector(selector);
      if (element) finish(element);
    });
    const timer = setTimeout(() => finish(null), PATIENCE);
    observer.observe(document.body, { childList: true, subtree: true });
    signal.addEventListener('abort', () => finish(null));
  });
}

const nextFrame = () => new Promise<unknown>((resolve) => requestAnimationFrame(resolve));

/** Scrolls to an element, repeatedly while it still moves, because opening a section is animated. */
async function scrollTo(element: Element, signal: AbortSignal): Promise<void> {
  // On narrow screens, the space between the bar and the sheet is hardly higher than a chart.
  const narrow = window.matchMedia('(max-width: 61.99em)').matches;
  const until = performance.now() + MOVING;
  for (let still = 0; still < STILL && performance.now() < until && !signal.aborted;) {
    const { height } = element.getBoundingClientRect();
    const block = narrow || height > window.innerHeight / 2 ? 'start' : 'center';
    element.scrollIntoView({ block, behavior: 'instant' });
    const before = element.getBoundingClientRect();
    await nextFrame();
    const after = element.getBoundingClientRect();
    still = before.top === after.top && before.height === after.height ? still + 1 : 0;
  }
}

/**
 * Shows a part: its view, its section opened, scrolled to. The settings are a drawer on narrow screens, which covers the page;
 * it is opened only where `openDrawer` is set. Resolves to whether the part is there.
 */
export async function showPart(
  name: LessonPart,
  { openDrawer, signal }: { openDrawer: boolean; signal: AbortSignal },
): Promise<boolean> {
  const part = partOf(name);
  const selector = selectorOf(name);
  const around = partsAround(name);
  showView(part.view);
  const inPanel = around.some(({ id }) => id === 'panel');
  if (inPanel && openDrawer && !document.querySelector(selector)) useInterface.setState({ panelOpen: true });
  const section = [part, ...around].find(({ accordion }) => accordion);
  if (section) {
    const item = await appearing(selectorOf(section.id), signal);
    item?.querySelector<HTMLButtonElement>('button[aria-expanded="false"]')?.click();
  }
  const element = await appearing(selector, signal);
  if (!element) return false;
  await scrollTo(element, signal);
  return true;
}
