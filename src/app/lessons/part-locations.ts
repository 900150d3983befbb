/** Where on the page the parts are that lessons point at, and how one gets to see them. */
import type { PartName } from '../../lessons/page-parts';
import { useInterface } from '../store/interface-state';
import { showView, type ViewId } from '../store/current-view';

interface Place {
  view: ViewId;
  selector: string;
  /** In the settings panel, which is a drawer on narrow screens. */
  inPanel?: true;
  /** The item of an accordion that it is in, or is. */
  section?: string;
}

const part = (name: string) => `[data-part="${name}"]`;
const inLab = (name: string): Place => ({ view: 'lab', selector: part(name) });
const chart = (id: string): Place => ({ view: 'lab', selector: `[data-chart="${id}"]` });
const settings = (section: string): Place => {
  const item = part(`settings-${section}`);
  return { view: 'lab', selector: item, inPanel: true, section: item };
};
const instrument = (name: string, section: string): Place => ({
  view: 'lab',
  selector: part(name),
  section: `[data-section="${section}"]`,
});

export const PLACES: Record<PartName, Place> = {
  'run-controls': inLab('run-controls'),
  beside: inLab('beside'),
  block: { ...inLab('block'), inPanel: true },
  presets: { ...inLab('presets'), inPanel: true },
  cost: { ...inLab('cost'), inPanel: true },
  'settings-network': settings('network'),
  'settings-block': settings('block'),
  'settings-start': settings('start'),
  'settings-optimiser': settings('optimiser'),
  'settings-training': settings('training'),
  'two-runs': inLab('two-runs'),
  'chart-identity': chart('identity'),
  'chart-conv1x1': chart('conv1x1'),
  'chart-conv3x3': chart('conv3x3'),
  'chart-norm': chart('norm'),
  'chart-loss': chart('loss'),
  'chart-accuracy': chart('accuracy'),
  'chart-logitStd': chart('logitStd'),
  dips: instrument('dips', 'dips'),
  activations: instrument('activations', 'depth'),
  conservation: instrument('conservation', 'scales'),
  fuse: inLab('fuse'),
  study: { view: 'study', selector: part('study') },
};

/** How long a part may take to appear, in ms. */
const PATIENCE = 3000;
/** How long it may go on moving, in ms, and frames without a move after which it has come to rest. */
const MOVING = 1000;
const STILL = 12;

/** The element of a selector as soon as there is one; null where none comes, or `signal` ends the wait. */
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

/** Scrolls to an element, and again for as long as it still moves: a section that opens takes a moment. */
async function scrollTo(element: Element, signal: AbortSignal): Promise<void> {
  // Below a bar and above a sheet there is hardly more room than a chart takes.
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
 * Brings a part into sight: its view, its section opened, scrolled to. The drawer of settings is opened only where
 * `openDrawer` says so, because it covers the page. Resolves to whether the part is there.
 */
export async function bringIntoSight(
  name: PartName,
  { openDrawer, signal }: { openDrawer: boolean; signal: AbortSignal },
): Promise<boolean> {
  const { view, selector, inPanel, section } = PLACES[name];
  showView(view);
  if (inPanel && openDrawer && !document.querySelector(selector)) useInterface.setState({ panelOpen: true });
  if (section !== undefined) {
    const item = await appearing(section, signal);
    item?.querySelector<HTMLButtonElement>('button[aria-expanded="false"]')?.click();
  }
  const element = await appearing(selector, signal);
  if (!element) return false;
  await scrollTo(element, signal);
  return true;
}
