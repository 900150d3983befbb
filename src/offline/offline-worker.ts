/**
 * The service worker: the lab without a network, and isolated where its host does not do that. It asks for nothing that the page
 * does not need, and takes over from an older one only when it is asked to, or when the last window of that one has closed.
 */
import { cacheName, isHashed, isolated, isOurCache, PAGE, routeOf, type Build, type Question } from './rules';

/** How long the network may take to send the page before the one that is kept is shown. */
const PATIENCE = 3000;

interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Message extends Extendable {
  data: Question;
  ports: readonly MessagePort[];
}

/** What is used of a ServiceWorkerGlobalScope, which TypeScript knows only in place of the page's types. */
export interface WorkerScope {
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'message', listener: (event: Message) => void): void;
  fetch(request: Request | string, init?: RequestInit): Promise<Response>;
  skipWaiting(): Promise<void>;
  caches: Pick<CacheStorage, 'open' | 'keys' | 'delete'>;
  clients: {
    claim(): Promise<void>;
    matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<readonly { url: string }[]>;
  };
  registration: { scope: string; active: unknown };
}

/** Makes `self` the lab's worker for a build. */
export function serveOffline(self: WorkerScope, build: Build, patience = PATIENCE): void {
  const { scope } = self.registration;
  const urlOf = (path: string) => new URL(path, scope).href;
  const ours = () => self.caches.open(cacheName(scope, build));
  const otherCaches = async () => {
    const names = await self.caches.keys();
    return names.filter((name) => isOurCache(name, scope) && name !== cacheName(scope, build));
  };

  /** A file as an older build kept it. */
  async function fromOlderBuild(url: string): Promise<Response | undefined> {
    for (const name of await otherCaches()) {
      const found = await (await self.caches.open(name)).match(url);
      if (found) return found;
    }
    return undefined;
  }

  async function keep(path: string): Promise<void> {
    const url = urlOf(path);
    const cache = await ours();
    if (await cache.match(url)) return;
    const known = isHashed(path) ? await fromOlderBuild(url) : undefined;
    // A name without a digest may stand for an older content in the browser's own cache.
    const response = known ?? (await self.fetch(url, { cache: isHashed(path) ? 'default' : 'no-cache' }));
    if (!response.ok) throw new Error(`${url} could not be kept: HTTP ${response.status}`);
    await cache.put(url, response);
  }

  const keepAll = () => Promise.all(Object.keys(build.files).map(keep));

  async function page(request: Request): Promise<Response> {
    const kept = await (await ours()).match(urlOf(PAGE));
    const network = self.fetch(request);
    if (!kept) return isolated(await network);
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patience));
    const response = await Promise.race([network.catch(() => null), late]);
    return isolated(response && response.status < 500 ? response : kept);
  }

  async function file(path: string, event: Fetching): Promise<Response> {
    const cache = await ours();
    const kept = await cache.match(urlOf(path));
    if (kept) return isolated(kept);
    const response = await self.fetch(event.request);
    // Before all is kept: what the page loads need not be loaded again.
    if (response.ok && isHashed(path)) event.waitUntil(cache.put(urlOf(path), response.clone()));
    return isolated(response);
  }

  async function answer(question: Question): Promise<boolean> {
    switch (question.ask) {
      case 'same build':
        return Object.keys(build.files).some((path) => urlOf(path) === question.script);
      case 'keep all':
        return keepAll().then(
          () => true,
          () => false,
        );
      case 'take over': {
        const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
        if (windows.filter(({ url }) => url.startsWith(scope)).length > 1) return false;
        await self.skipWaiting();
        return true;
      }
      default:
        question satisfies never;
        return false;
    }
  }

  self.addEventListener('install', (event) => {
    // The first one isolates the page before the lab starts, so it waits for nothing; the page asks for the rest later.
    // One that follows another is complete or not at all.
    event.waitUntil(self.registration.active ? keepAll() : self.skipWaiting());
  });

  self.addEventListener('activate', (event) => {
    const clear = async () => {
      for (const name of await otherCaches()) await self.caches.delete(name);
      await self.clients.claim();
    };
    event.waitUntil(clear());
  });

  self.addEventListener('message', (event) => {
    const work = answer(event.data).then((said) => event.ports[0]?.postMessage(said));
    event.waitUntil(work);
  });

  self.addEventListener('fetch', (event) => {
    const route = routeOf(event.request, scope, build);
    switch (route.kind) {
      case 'page':
        return event.respondWith(page(event.request));
      case 'file':
        return event.respondWith(file(route.path, event));
      case 'passing':
        return event.respondWith(self.fetch(event.request).then(isolated));
      case 'archives':
        return event.respondWith(
          self.fetch(event.request).catch(() => Response.json({ archives: [] satisfies string[] })),
        );
      case 'none':
        return;
      default:
        route satisfies never;
    }
  });
}
