import { beforeEach, describe, expect, test } from 'vitest';
import { serveOffline, type WorkerScope } from './offline-worker';
import { cacheName, type Build, type Question } from './rules';

const SCOPE = 'https://host.example/lab/';
const build = (version: string, script: string): Build => ({
  version,
  files: { 'index.html': version, [script]: version, 'favicon.svg': version },
});
const ONE = build('one', 'assets/page-1.js');
const TWO = build('two', 'assets/page-2.js');

type Listener = (event: object) => void;

/** A fake of the parts of a browser that the service worker uses. */
class Browser {
  caches = new Map<string, Map<string, Response>>();
  /** Files of the host, by path; a number is an HTTP status. */
  host = new Map<string, string | number>();
  online = true;
  slow = false;
  fetched: string[] = [];
  windows = [`${SCOPE}?v=1`];
  skipped = 0;
  active: unknown = null;

  worker(made: Build) {
    const listeners = new Map<string, Listener>();
    const scope = {
      addEventListener: (type: string, listener: Listener) => void listeners.set(type, listener),
      fetch: (request: Request | string) => this.fetch(typeof request === 'string' ? request : request.url),
      skipWaiting: async () => void this.skipped++,
      caches: {
        keys: async () => [...this.caches.keys()],
        delete: async (name: string) => this.caches.delete(name),
        open: async (name: string) => this.open(name),
      },
      clients: { claim: async () => undefined, matchAll: async () => this.windows.map((url) => ({ url })) },
      registration: { scope: SCOPE, active: this.active },
    };
    serveOffline(scope as unknown as WorkerScope, made, 20);
    const fire = async (type: string, event: object = {}) => {
      const work: Promise<unknown>[] = [];
      listeners.get(type)!({ ...event, waitUntil: (one: Promise<unknown>) => work.push(one) });
      await Promise.all(work);
    };
    return {
      install: () => fire('install'),
      activate: () => fire('activate'),
      ask: async (data: Question) => {
        const said: unknown[] = [];
        await fire('message', { data, ports: [{ postMessage: (one: unknown) => said.push(one) }] });
        return said[0];
      },
      get: async (path: string, mode = 'cors') => {
        let response: Promise<Response> | undefined;
        const request = { url: SCOPE + path, method: 'GET', mode, headers: new Headers() };
        await fire('fetch', { request, respondWith: (one: Promise<Response>) => (response = one) });
        return response;
      },
    };
  }

  private async fetch(url: string): Promise<Response> {
    const path = url.slice(SCOPE.length).split('?')[0] || 'index.html';
    this.fetched.push(path);
    if (!this.online) throw new TypeError('Failed to fetch');
    if (this.slow) await new Promise((resolve) => setTimeout(resolve, 200));
    const found = this.host.get(path) ?? 404;
    return typeof found === 'number' ? new Response('', { status: found }) : new Response(found);
  }

  private open(name: string) {
    const entries = this.caches.get(name) ?? new Map<string, Response>();
    this.caches.set(name, entries);
    return {
      match: async (url: string) => entries.get(url)?.clone(),
      put: async (url: string, response: Response) => void entries.set(url, response),
    };
  }

  deploy({ version, files }: Build): void {
    this.host = new Map(Object.keys(files).map((path) => [path, `${path} of ${version}`]));
    this.host.set('data/index.json', '{"archives":[{}]}');
  }

  keptOf = (made: Build) => [...(this.caches.get(cacheName(SCOPE, made))?.keys() ?? [])];
}

const text = async (response: Response | undefined) => response && (await response.text());

let browser: Browser;
beforeEach(() => {
  browser = new Browser();
  browser.deploy(ONE);
});

/** A finished first visit. */
async function visited() {
  const worker = browser.worker(ONE);
  await worker.install();
  await worker.activate();
  browser.active = {};
  expect(await worker.ask({ ask: 'keep all' })).toBe(true);
  return worker;
}

describe('the first worker', () => {
  test('is active at once, before it has cached anything', async () => {
    await browser.worker(ONE).install();
    expect(browser.skipped).toBe(1);
    expect(browser.fetched).toEqual([]);
  });

  test('caches everything on request, and loads nothing twice', async () => {
    const worker = browser.worker(ONE);
    await worker.get('assets/page-1.js');
    expect(await worker.ask({ ask: 'keep all' })).toBe(true);
    expect(browser.keptOf(ONE)).toHaveLength(3);
    expect(browser.fetched.filter((path) => path === 'assets/page-1.js')).toHaveLength(1);
    await worker.ask({ ask: 'keep all' });
    expect(browser.fetched).toHaveLength(3);
  });

  test('reports a missing file, and serves the others', async () => {
    browser.host.delete('favicon.svg');
    const worker = browser.worker(ONE);
    expect(await worker.ask({ ask: 'keep all' })).toBe(false);
    browser.online = false;
    expect(await text(await worker.get('assets/page-1.js'))).toBe('assets/page-1.js of one');
  });
});

describe('without a network', () => {
  test('it serves the page under any query, and every file, isolated', async () => {
    const worker = await visited();
    browser.online = false;
    expect(await text(await worker.get('?v=1&factor=2', 'navigate'))).toBe('index.html of one');
    const script = await worker.get('assets/page-1.js');
    expect(script!.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(await text(script)).toBe('assets/page-1.js of one');
  });

  test('it answers that there are no archives, and does not cache the list', async () => {
    const worker = await visited();
    expect(await text(await worker.get('data/index.json'))).toBe('{"archives":[{}]}');
    browser.online = false;
    expect(await text(await worker.get('data/index.json'))).toBe('{"archives":[]}');
    expect(browser.keptOf(ONE).filter((url) => url.includes('data'))).toEqual([]);
  });

  test('it leaves archives to the browser', async () => {
    const worker = await visited();
    expect(await worker.get('data/cifar-100.tar.gz')).toBeUndefined();
  });
});

describe('the page', () => {
  test('comes from the network first', async () => {
    const worker = await visited();
    browser.host.set('index.html', 'newer');
    expect(await text(await worker.get('', 'navigate'))).toBe('newer');
  });

  test('comes from the cache if the network is slow or the host fails', async () => {
    const worker = await visited();
    browser.slow = true;
    expect(await text(await worker.get('', 'navigate'))).toBe('index.html of one');
    browser.slow = false;
    browser.host.set('index.html', 503);
    expect(await text(await worker.get('', 'navigate'))).toBe('index.html of one');
    browser.host.set('index.html', 404);
    expect((await worker.get('', 'navigate'))!.status).toBe(404);
  });

  test('is waited for if it is not cached', async () => {
    const worker = browser.worker(ONE);
    browser.slow = true;
    expect(await text(await worker.get('', 'navigate'))).toBe('index.html of one');
  });
});

describe('a newer worker', () => {
  test('caches everything before it waits, and waits', async () => {
    await visited();
    browser.deploy(TWO);
    const skipped = browser.skipped;
    await browser.worker(TWO).install();
    expect(browser.keptOf(TWO)).toHaveLength(3);
    expect(browser.skipped).toBe(skipped);
    expect(browser.keptOf(ONE)).toHaveLength(3);
  });

  test('is not installed if a file is missing', async () => {
    await visited();
    browser.deploy(TWO);
    browser.host.delete('assets/page-2.js');
    await expect(browser.worker(TWO).install()).rejects.toThrow(/404/);
  });

  test('loads only what has changed', async () => {
    await visited();
    const three = { ...ONE, version: 'three' };
    browser.fetched = [];
    await browser.worker(three).install();
    expect(browser.fetched.toSorted()).toEqual(['favicon.svg', 'index.html']);
  });

  test('takes over if one window of the lab is open, and not if there are two', async () => {
    await visited();
    browser.deploy(TWO);
    const worker = browser.worker(TWO);
    await worker.install();
    const skipped = browser.skipped;
    browser.windows = [SCOPE, `${SCOPE}#runs`];
    expect(await worker.ask({ ask: 'take over' })).toBe(false);
    expect(browser.skipped).toBe(skipped);
    browser.windows = [SCOPE, 'https://host.example/other/'];
    expect(await worker.ask({ ask: 'take over' })).toBe(true);
    expect(browser.skipped).toBe(skipped + 1);
  });

  test('removes the older cache, and no other', async () => {
    await visited();
    browser.caches.set('branch-lab https://host.example/other/ one', new Map());
    browser.deploy(TWO);
    const worker = browser.worker(TWO);
    await worker.install();
    await worker.activate();
    expect([...browser.caches.keys()]).toEqual([
      'branch-lab https://host.example/other/ one',
      cacheName(SCOPE, TWO),
    ]);
  });

  test('knows the pages of its own build', async () => {
    const worker = browser.worker(TWO);
    expect(await worker.ask({ ask: 'same build', script: `${SCOPE}assets/page-2.js` })).toBe(true);
    expect(await worker.ask({ ask: 'same build', script: `${SCOPE}assets/page-1.js` })).toBe(false);
  });
});
