/**
 * The service worker. It serves the lab without a network, and isolates it if the host does not. It requests nothing that the
 * page does not need, and takes over from an older worker only on request, or when the last window of that worker has closed.
 */
import { cacheName, isHashed, isolated, isOurCache, PAGE, routeOf, type Build, type Question } from './rules';

/** How long the network may take to send the page before the cached one is shown, in ms. */
const TIMEOUT = 3000;

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

/** The used parts of ServiceWorkerGlobalScope. TypeScript has its types only instead of those of the page. */
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

/** Turns `self` into the service worker of a build. */
export function serveOffline(self: WorkerScope, build: Build, timeout = TIMEOUT): void {
  const { scope } = self.registration;
  const urlOf = (path: string) => new URL(path, scope).href;
  const ours = () => self.caches.open(cacheName(scope, build));
  const otherCaches = async () => {
    const names = await self.caches.keys();
    return names.filter((name) => isOurCache(name, scope) && name !== cacheName(scope, build));
  };

  /** A file in the cache of an older build. */
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
    // Under a name without a digest, the browser's own cache may have older content.
    const response = known ?? (await self.fetch(url, { cache: isHashed(path) ? 'default' : 'no-cache' }));
    if (!response.ok) throw new Error(`${url} could not be cached: HTTP ${response.status}`);
    await cache.put(url, response);
  }

  const keepAll = () => Promise.all(Object.keys(build.files).map(keep));

  async function page(request: Request): Promise<Response> {
    const kept = await (await ours()).match(urlOf(PAGE));
    const network = self.fetch(request);
    if (!kept) return isolated(await network);
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), timeout));
    const response = await Promise.race([network.catch(() => null), late]);
    return isolated(response && response.status < 500 ? response : kept);
  }

  async function file(path: string, event: Fetching): Promise<Response> {
    const cache = await ours();
    const kept = await cache.match(urlOf(path));
    if (kept) return isolated(kept);
    const response = await self.fetch(event.request);
    // Before everything is cached: files that the page loads are not loaded twice.
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
    // The first worker isolates the page before the lab starts, so it waits for nothing. The page requests the rest later.
    // A worker that follows another one is installed completely or not at all.
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
