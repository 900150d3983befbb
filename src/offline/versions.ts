/** The page's side of its service worker: keeps the lab for when there is no network, and notices a new version. */
import { WORKER } from './isolate';
import type { Question } from './rules';

/** Between two looks for a new version, in ms, in a page that stays open. */
const INTERVAL = 60 * 60 * 1000;
/** How long a worker may take to answer, in ms. */
const PATIENCE = 2000;

/** A worker's answer; false where there is none in time. */
export function ask(worker: Pick<ServiceWorker, 'postMessage'>, question: Question, patience = PATIENCE) {
  const { port1, port2 } = new MessageChannel();
  return new Promise<boolean>((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === true);
    setTimeout(() => resolve(false), patience);
    worker.postMessage(question, [port2]);
  }).finally(() => port1.close());
}

/** The script that this page was made from; its name has a digest of everything that the page consists of. */
const ownScript = () => document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.src ?? '';

/**
 * Registers the worker and watches its versions. `offer` hears of one that waits and is not the page's own, and null
 * when none waits any more. Returns how to stop.
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
    // The page came from the network and is that version already: the worker may follow it.
    if (await ask(waiting, { ask: 'same build', script: ownScript() }))
      return void (await ask(waiting, { ask: 'take over' }));
    if (!stopped && waiting.state === 'installed') offer(waiting);
  };
  const found = () => {
    const installing = registration?.installing;
    // The first one is nothing new.
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
    // Without a network, or where the host has taken the worker away: the page goes on as it is.
    .catch(() => undefined);
  return () => {
    stopped = true;
    registration?.removeEventListener('updatefound', found);
    document.removeEventListener('visibilitychange', look);
  };
}

/** Loads the page again in the new version. With other windows open the worker goes on waiting for them to close. */
export async function reloadInto(waiting: ServiceWorker): Promise<void> {
  const { serviceWorker } = navigator;
  const taken = new Promise<void>((resolve) => {
    serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
    setTimeout(resolve, PATIENCE);
  });
  if (await ask(waiting, { ask: 'take over' })) await taken;
  window.location.reload();
}
