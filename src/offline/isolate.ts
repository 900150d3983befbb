/**
 * Runs before the lab starts. If the host sends no isolation headers, a service worker adds them, and the page is reloaded
 * once to get them. If this does not help, the lab starts with one thread and says why.
 */

import { phrase } from '../language/phrase';
import { messageOf } from '../language/message-of';

/** Next to the page in a build. */
export const WORKER = './service-worker.js';
/** Key in the tab's storage: the page was reloaded to become isolated. */
const GUARD = 'branch-lab-isolating';
/** How long the lab waits for the worker before it starts without it, in ms. */
const TIMEOUT = 5000;
const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

export interface Surroundings {
  /** Whether there is a worker to register: only in a build. */
  built: boolean;
  isolated: boolean;
  secure: boolean;
  framed: boolean;
  hostname: string;
  serviceWorker: ServiceWorkerContainer | undefined;
  /** Throws if the browser forbids it. */
  storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  reload: () => void;
}

/** Why there is only one thread: a text of the catalogues and its values, because no language is chosen yet. */
export interface Why {
  text: string;
  values?: Readonly<Record<string, string>>;
}

export type Isolation =
  /** The page is being reloaded; nothing must be started. */
  | { kind: 'reloading' }
  /** The lab can start. `why`: why it has only one thread, if so. `worker`: whether a service worker caches it for offline use. */
  | { kind: 'start'; why: Why | null; worker: boolean };

const here = (): Surroundings => ({
  built: import.meta.env.PROD,
  isolated: globalThis.crossOriginIsolated,
  secure: globalThis.isSecureContext,
  framed: window.top !== window.self,
  hostname: window.location.hostname,
  serviceWorker: navigator.serviceWorker as ServiceWorkerContainer | undefined,
  storage: () => sessionStorage,
  reload: () => window.location.reload(),
});

/** Resolves once the registration's worker can answer the page's requests; rejects if the browser gives up. */
function activated({ installing, waiting, active }: ServiceWorkerRegistration): Promise<void> {
  const worker = active ?? waiting ?? installing;
  return new Promise((resolve, reject) => {
    const look = () => {
      if (!worker || worker.state === 'redundant') reject(new Error(phrase('the browser gave it up')));
      else if (worker.state === 'activated') resolve();
    };
    worker?.addEventListener('statechange', look);
    look();
  });
}

/** What was wrong, without the full stop that some browsers give it. */
const causeOf = (error: unknown) => messageOf(error).replace(/\.$/, '');

export async function isolate(surroundings = here(), timeout = TIMEOUT): Promise<Isolation> {
  const { built, isolated, secure, framed, hostname, serviceWorker, storage, reload } = surroundings;
  const start = (
    text: string | null,
    worker: boolean,
    values: Readonly<Record<string, string>> = {},
  ): Isolation => ({ kind: 'start', why: text === null ? null : { text, values }, worker });
  if (isolated) {
    try {
      storage().removeItem(GUARD);
    } catch {
      // Without storage it was never set.
    }
    // Served from this machine (npm start): it needs no network, and another program may use the port later.
    const local = LOCAL.includes(hostname) && !serviceWorker?.controller;
    return start(null, built && !local && serviceWorker !== undefined);
  }
  if (!secure) return start(phrase('its address is neither https nor localhost.'), false);
  if (!built) return start(phrase('its server sends no isolation headers.'), false);
  if (!serviceWorker)
    return start(
      phrase(
        'its host sends no isolation headers, and there are no service workers here to add them (a private window has none in some browsers).',
      ),
      false,
    );
  if (framed) return start(phrase('another page shows it in a frame; open it in a tab of its own.'), true);
  if (serviceWorker.controller) return start(phrase('this browser does not isolate it.'), true);
  try {
    // Throws first if the tab has no storage to remember the reload.
    if (storage().getItem(GUARD) !== null)
      return start(phrase('this browser did not isolate it when it was loaded again.'), true);
    let giveUp: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      giveUp = setTimeout(
        () => reject(new Error(phrase('it took too long; reload the page to try again'))),
        timeout,
      );
    });
    const registered = serviceWorker.register(WORKER).then(activated);
    await Promise.race([registered, late]).finally(() => clearTimeout(giveUp));
    storage().setItem(GUARD, '1');
    reload();
    return { kind: 'reloading' };
  } catch (error) {
    return start(
      phrase(
        'its host sends no isolation headers, and the service worker that adds them could not be set up: {{why}}.',
      ),
      false,
      { why: causeOf(error) },
    );
  }
}
