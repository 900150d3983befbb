/** The page's side of the service worker: has it cache the lab for offline use, and notices a new version. */
import { WORKER } from './isolate';
import type { Question } from './rules';

/** Time between two checks for a new version while the page stays open, in ms. */
const INTERVAL = 60 * 60 * 1000;
/** How long a worker may take to answer, in ms. */
const TIMEOUT = 2000;

/** A worker's answer; false if it does not come in time. */
export function ask(worker: Pick<ServiceWorker, 'postMessage'>, question: Question, timeout = TIMEOUT) {
  const { port1, port2 } = new MessageChannel();
  return new Promise<boolean>((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === true);
    setTimeout(() => resolve(false), timeout);
    worker.postMessage(question, [port2]);
  }).finally(() => port1.close());
}

/** The script of this page. Its name contains a digest of everything that the page consists of. */
const ownScript = () => document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.src ?? '';

/**
 * Registers the worker and watches its versions. `offer` receives a waiting worker of another version than the page's, and
 * null when none waits any more. Returns a function that stops this.
 */
export function followVersions(offer: (waiting: ServiceWorker | null) => void): () => void {
  const { serviceWorker } = navigator;
  let stopped = false;
  let registration: ServiceWorkerRegistration | null = null;
  let looked = Date.now();

  const consider = async (waiting: ServiceWorker) => {
    waiting.addEventListener('statechange', () => {
      if (!stopped && waiting.state !== 'installed') offer(null);
    });
    // The page came from the network and already has that version: the worker may take over.
    if (await ask(waiting, { ask: 'same build', script: ownScript() }))
      return void (await ask(waiting, { ask: 'take over' }));
    if (!stopped && waiting.state === 'installed') offer(waiting);
  };
  const found = () => {
    const installing = registration?.installing;
    // The first worker is not a new version.
    if (!installing || !registration?.active) return;
    installing.addEventListener('statechange', () => {
      if (!stopped && installing.state === 'installed') void consider(installing);
    });
  };
  const look = () => {
    if (document.visibilityState !== 'visible' || Date.now() - looked < INTERVAL) return;
    looked = Date.now();
    void registration?.update().catch(() => undefined);
  };

  void serviceWorker
    .register(WORKER)
    .then(async (registered) => {
      if (stopped) return;
      registration = registered;
      registration.addEventListener('updatefound', found);
      document.addEventListener('visibilitychange', look);
      found();
      if (registration.waiting) void consider(registration.waiting);
      const { active } = await serviceWorker.ready;
      if (!stopped && active) void ask(active, { ask: 'keep all' });
    })
    // There is no network, or the host no longer has the worker: nothing changes for the page.
    .catch(() => undefined);
  return () => {
    stopped = true;
    registration?.removeEventListener('updatefound', found);
    document.removeEventListener('visibilitychange', look);
  };
}

/** Reloads the page in the new version. If other windows are open, the worker waits until they are closed. */
export async function reloadInto(waiting: ServiceWorker): Promise<void> {
  const { serviceWorker } = navigator;
  const taken = new Promise<void>((resolve) => {
    serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
    setTimeout(resolve, TIMEOUT);
  });
  if (await ask(waiting, { ask: 'take over' })) await taken;
  window.location.reload();
}
