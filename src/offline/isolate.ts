/**
 * Runs before the lab starts. If the host sends no isolation headers, a service worker adds them, and the page is reloaded
 * once to get them. If this does not help, the lab starts with one thread and says why.
 */

import { phrase } from '../language/phrase';
import { messageOf } from '../language/message-of';

/** Beside the page in a build. */
export const WORKER = './service-worker.js';
/** Says, in this tab, that the page was loaded again to be isolated. */
const GUARD = 'branch-lab-isolating';
/** How long the lab waits for the worker before it starts without. */
const PATIENCE = 5000;
const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

export interface Surroundings {
  /** Whether there is a worker to register: in a build. */
  built: boolean;
  isolated: boolean;
  secure: boolean;
  framed: boolean;
  hostname: string;
  serviceWorker: ServiceWorkerContainer | undefined;
  /** Throws where the browser forbids it. */
  storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  reload: () => void;
}

/** Why there is one thread only: a text of the catalogues, since no language is chosen yet, and its values. */
export interface Why {
  text: string;
  values?: Readonly<Record<string, string>>;
}

export type Isolation =
  /** The page is being loaded again: nothing is to be started. */
  | { kind: 'reloading' }
  /** The lab can start; `why` it has one thread, if so, and whether a worker keeps it for when there is no network. */
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

/** Resolves once the registration's worker can answer the page's requests; rejects where it is given up. */
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

export async function isolate(surroundings = here(), patience = PATIENCE): Promise<Isolation> {
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
      // Then it was never set.
    }
    // This machine serves the page itself (npm start): it is there without a network, and ports get other uses.
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
    // Throws before anything is done where the tab cannot remember that it was loaded again.
    if (storage().getItem(GUARD) !== null)
      return start(phrase('this browser did not isolate it when it was loaded again.'), true);
    let giveUp: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      giveUp = setTimeout(
        () => reject(new Error(phrase('it took too long; reload the page to try again'))),
        patience,
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
