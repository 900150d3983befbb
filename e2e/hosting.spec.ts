/**
 * The build in a folder of a plain static host: threads without isolation headers, use without a network, and updates.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { expect as expectSoon, test as base } from './fixtures';
import { waitForEnd, open as openServed, start } from './lab';
import { staticHost, type StaticHost } from './static-host';

const test = base.extend<{ host: StaticHost }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from this pattern which fixtures are used.
  host: async ({}, provide) => {
    const host = await staticHost();
    await provide(host);
    await host.end();
  },
});

/** Milliseconds: browsers look for new service workers, and end old ones, only when they are idle. */
const PATIENCE = 90_000;
const expect = expectSoon.configure({ timeout: PATIENCE });
test.describe.configure({ timeout: 4 * PATIENCE });

const SHORT =
  '?v=1&preset=simplified&depths=1,2&widths=4,8&strides=2,2&batch=16&length=30&evalEvery=30&test=100&backend=wasm';
const LONG = SHORT.replace('length=30', 'length=100000');

/** Counts the loads of the page. */
function countLoads(page: Page): { count: number } {
  const loads = { count: 0 };
  page.on('domcontentloaded', () => loads.count++);
  return loads;
}

async function open(page: Page, url: string): Promise<void> {
  // The page may reload before its first load has finished.
  await page.goto(url, { waitUntil: 'commit' });
  await ready(page);
}

async function ready(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Step', exact: true })).toBeVisible();
}

const isIsolated = (page: Page) => page.evaluate(() => crossOriginIsolated);
const registrations = (page: Page) =>
  page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);

/** The URLs in the lab's caches, by cache. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const all: Record<string, string[]> = {};
    for (const name of await caches.keys())
      all[name] = (await (await caches.open(name)).keys()).map(({ url }) => url);
    return all;
  });

/** The number of files that the build's service worker lists. */
const listed = (host: StaticHost) =>
  host.read('service-worker.js').match(/"[\w./-]+\.\w+": "[0-9a-f]{16}"/g)!.length;

/** Waits until all files of the build are cached. */
const waitUntilCached = (page: Page, host: StaticHost) =>
  expect.poll(async () => Object.values(await kept(page)).map((urls) => urls.length)).toEqual([listed(host)]);

const badge = (page: Page) => page.getByRole('button', { name: /^Backend: / });

/** Replaces the build by another one, whose scripts have other names. Returns the name of the page's script. */
function deployAnother(host: StaticHost): string {
  const scripts = host.list('assets').filter((name) => name.endsWith('.js'));
  const another = new Map(scripts.map((name) => [name, `another-${name}`]));
  for (const name of scripts) host.move(`assets/${name}`, `assets/${another.get(name)}`);
  for (const file of [
    'index.html',
    'service-worker.js',
    ...[...another.values()].map((name) => `assets/${name}`),
  ])
    host.rewrite(file, (text) => text.replace(/[\w-]+(\.[\w-]+)*\.js/g, (name) => another.get(name) ?? name));
  host.rewrite('service-worker.js', (text) => text.replace(/"version": "\w+"/, '"version": "another"'));
  return /assets\/another-index-[\w-]+\.js/.exec(host.read('index.html'))![0];
}

test('in a deep folder of a host without headers the lab has threads after one reload, and trains when the host is down', async ({
  page,
  host,
}) => {
  const loads = countLoads(page);
  await open(page, `${host.url}${SHORT}#runs`);
  expect(await isIsolated(page)).toBe(true);
  expect(page.url()).toBe(`${host.url}${SHORT}#runs`);
  expect(loads.count).toBe(2);
  await page.getByText('Lab', { exact: true }).click();
  await start(page);
  await waitForEnd(page, 'finished');
  const threads = await page.evaluate(() => Math.min(navigator.hardwareConcurrency, 8));
  expect(threads).toBeGreaterThan(1);
  await expect(badge(page)).toHaveAccessibleName(new RegExp(`${threads} threads$`));
  await waitUntilCached(page, host);

  await host.stop();
  await page.reload();
  await ready(page);
  expect(await isIsolated(page)).toBe(true);
  await start(page);
  await waitForEnd(page, 'finished');
  await expect(badge(page)).toHaveAccessibleName(new RegExp(`${threads} threads$`));
  // Parts that load on demand are available, too.
  await page.getByText('Benchmark', { exact: true }).click();
  await expect(page).toHaveURL(/view=benchmark/);
  await page.goto(`${host.url}?v=1&seed=7`);
  await ready(page);
  expect(loads.count).toBe(4);
});

test.describe('if the service worker is not available', () => {
  test.use({ allowedMessages: [/404/] });

  test('the lab starts with one thread, says why, and does not reload', async ({ page, host }) => {
    host.missing.add('service-worker.js');
    const loads = countLoads(page);
    await open(page, `${host.url}${SHORT}`);
    const why = page.getByText(/one thread in this window, because .* service worker .* could not be set up/);
    await page.getByRole('button', { name: 'Backend chosen at start' }).click();
    await expect(why).toBeVisible();
    await start(page);
    await waitForEnd(page, 'finished');
    expect(await isIsolated(page)).toBe(false);
    await expect(badge(page)).toHaveAccessibleName(/1 thread/);
    await badge(page).click();
    await expect(why).toBeVisible();
    expect(loads.count).toBe(1);
  });
});

test.describe('if the script does not load', () => {
  test.use({ allowedMessages: [/404|CORS policy|ERR_FAILED|^uncaught: /] });

  test('the page says so and does not stay empty', async ({ page, host }) => {
    const [script] = /assets\/page-[\w-]+\.js/.exec(host.read('index.html'))!;
    host.missing.add(script);
    await page.goto(host.url, { waitUntil: 'commit' });
    await expect(page.getByRole('alert')).toContainText('could not be loaded');
  });

  test('opened as a local file, the page says what to do', async ({ page }) => {
    await page.goto(new URL('../dist/index.html', import.meta.url).href);
    await expect(page.getByRole('alert')).toContainText('opened as a file');
  });
});

test('if the service worker does not isolate the page, the page reloads only once', async ({
  page,
  host,
}) => {
  host.rewrite('service-worker.js', (text) => text.replaceAll('respondWith(', 'fakeRespond?.('));
  const loads = countLoads(page);
  await open(page, `${host.url}${SHORT}`);
  await page.waitForTimeout(1500);
  expect(loads.count).toBe(2);
  await page.reload();
  await ready(page);
  expect(loads.count).toBe(3);
  await start(page);
  await waitForEnd(page, 'finished');
  await badge(page).click();
  await expect(page.getByText(/one thread in this window, because .* does not isolate it/)).toBeVisible();
});

test('an update is offered, waits until the run has ended, and is installed on request', async ({
  page,
  host,
}) => {
  await open(page, `${host.url}${SHORT}`);
  await start(page);
  await waitForEnd(page, 'finished');
  await waitUntilCached(page, host);
  const [before] = Object.keys(await kept(page));
  await page.goto(`${host.url}${LONG}`);
  await ready(page);
  await start(page);
  // A paused run still counts as running, and leaves the browser time to look for an update.
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();

  const loads = countLoads(page);
  const another = deployAnother(host);
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  const offer = page.getByText('A new version is available.');
  await expect(offer).toBeVisible();
  await expect(offer).toContainText('when the run has ended');
  const take = page.getByRole('button', { name: 'Reload', exact: true });
  await expect(take).toHaveAttribute('aria-disabled', 'true');
  await take.click({ force: true });
  await page.waitForTimeout(1000);
  expect(loads.count).toBe(0);

  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await waitForEnd(page, 'stopped');
  await expect(offer).toContainText('Runs and settings are kept.');
  expect(loads.count).toBe(0);
  await take.click();
  await expect(page.locator(`script[src$="${another}"]`)).toBeAttached();
  await ready(page);
  await expect(offer).toBeHidden();
  expect(loads.count).toBe(1);
  expect(await isIsolated(page)).toBe(true);
  expect(page.url()).toBe(`${host.url}${LONG}`);
  await waitUntilCached(page, host);
  expect(Object.keys(await kept(page))).not.toEqual([before]);
  await page.getByText('Runs', { exact: true }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Finished' })).toHaveCount(1);
  await expect(page.getByRole('row').filter({ hasText: 'Stopped' })).toHaveCount(1);
});

test('a page that has loaded the new version activates its service worker without asking', async ({
  page,
  host,
}) => {
  await open(page, host.url);
  await waitUntilCached(page, host);
  deployAnother(host);
  await page.reload();
  await ready(page);
  await expect.poll(async () => Object.keys(await kept(page)).join()).toMatch(/^[^,]*another$/);
  await expect(page.getByText('A new version is available.')).toBeHidden();
  // All its files are cached.
  await host.stop();
  await page.reload();
  await ready(page);
  await expect(page.locator('script[src*="another-index"]')).toBeAttached();
});

test('another open window keeps the old version and its files until it is closed', async ({ page, host }) => {
  await open(page, host.url);
  await waitUntilCached(page, host);
  const old = await page.context().newPage();
  await open(old, host.url);
  deployAnother(host);
  await page.reload();
  await ready(page);
  await expect.poll(async () => Object.keys(await kept(page)).length).toBe(2);
  await page.waitForTimeout(1000);
  expect(Object.keys(await kept(page))).toHaveLength(2);
  await expect(old.getByText('A new version is available.')).toBeVisible();
  await old.close();
  await page.reload();
  await ready(page);
  await expect.poll(async () => Object.keys(await kept(page)).join()).toMatch(/^[^,]*another$/);
});

test('the cached page opens without waiting for a slow host', async ({ page, host }) => {
  await open(page, host.url);
  await waitUntilCached(page, host);
  host.delay = 60_000;
  const begun = Date.now();
  await page.reload({ waitUntil: 'commit' });
  await ready(page);
  expect(Date.now() - begun).toBeLessThan(20_000);
});

test('the service worker neither serves nor caches archives, their list, or other origins', async ({
  page,
  host,
}) => {
  const other = createServer((request, response) => {
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'X-Range': request.headers.range ?? '' });
    response.end('from elsewhere');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/rows.parquet`;
  host.copy('favicon.svg', 'data/cifar-100.tar.gz');
  await open(page, host.url);
  expect(await isIsolated(page)).toBe(true);
  await waitUntilCached(page, host);
  const said = await page
    .evaluate(async (url) => {
      const part = await fetch('./data/cifar-100.tar.gz', { headers: { Range: 'bytes=0-3' } });
      const whole = await fetch('./data/cifar-100.tar.gz');
      const remote = await fetch(url, { headers: { Range: 'bytes=0-3' } });
      const list = await fetch('./data/index.json');
      return {
        part: [part.status, await part.text(), part.headers.get('cross-origin-resource-policy')],
        whole: [whole.status, (await whole.text()).length > 100],
        remote: await remote.text(),
        list: await list.json(),
      };
    }, elsewhere)
    .finally(() => other.close());
  expect(said).toEqual({
    part: [206, '<svg', null],
    whole: [200, true],
    remote: 'from elsewhere',
    list: { archives: [] },
  });
  expect(host.asked).toContainEqual({ path: 'data/cifar-100.tar.gz', range: 'bytes=0-3' });
  expect(
    Object.values(await kept(page))
      .flat()
      .filter((url) => /data\/|parquet/.test(url)),
  ).toEqual([]);
});

test('two labs on one host have separate caches', async ({ page, host }) => {
  await open(page, host.url);
  await waitUntilCached(page, host);
  const foreign = await page.evaluate(async () => {
    const name = `branch-lab ${location.origin}/another/place/ old`;
    await caches.open(name);
    return name;
  });
  deployAnother(host);
  await page.reload();
  await ready(page);
  await expect.poll(async () => Object.keys(await kept(page)).join()).toContain('deep/path/ another');
  expect(Object.keys(await kept(page))).toContain(foreign);
});

test('the lab can be installed as an app', async ({ page, host }) => {
  await open(page, host.url);
  const session = await page.context().newCDPSession(page);
  const { errors, url } = await session.send('Page.getAppManifest');
  expect(url).toBe(`${host.url}manifest.webmanifest`);
  expect(errors).toEqual([]);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // Tests run in a private window, which Chromium reports as an obstacle to installation.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual(
    [],
  );
});

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

test('on a host that sends isolation headers the lab needs no reload, and is cached as well', async ({
  page,
}) => {
  const host = await staticHost('/', 'lab.localhost');
  try {
    host.headers = ISOLATION;
    const loads = countLoads(page);
    await open(page, host.url);
    expect(await isIsolated(page)).toBe(true);
    await waitUntilCached(page, host);
    expect(loads.count).toBe(1);
    await host.stop();
    await page.reload();
    await ready(page);
    expect(await isIsolated(page)).toBe(true);
    expect(loads.count).toBe(2);
  } finally {
    await host.end();
  }
});

test('npm start needs neither a reload nor a service worker', async ({ page }) => {
  const loads = countLoads(page);
  await openServed(page);
  await page.waitForTimeout(4000);
  expect(await isIsolated(page)).toBe(true);
  expect(await registrations(page)).toBe(0);
  expect(loads.count).toBe(1);
});
