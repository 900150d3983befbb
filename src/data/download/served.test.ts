/** Archives served with the page: found, missing, or invalid. */
import { createServer } from 'node:http';
import { mkdtemp, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { serveData } from '../../../tools/served-data.mjs';
import { DataError } from '../data-error';
import { fetchServed, servedArchive } from './served';

const folder = await mkdtemp(join(tmpdir(), 'served-'));
await writeFile(join(folder, 'small.tar.gz'), 'bytes');
await writeFile(join(folder, 'secret.txt'), 'secret');
const serve = serveData(folder);
const server = createServer((request, response) => {
  void serve(request, response, () => response.writeHead(418).end());
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
afterAll(() => server.close());
afterEach(() => vi.unstubAllGlobals());

it('finds and fetches the archive of the repository’s folder', async () => {
  vi.stubGlobal('document', { baseURI: `${base}?v=1&lr=0.1` });
  const archive = await servedArchive();
  expect(archive).toEqual({ url: `${base}data/small.tar.gz`, name: 'small.tar.gz', bytes: 5 });
  expect(await (await fetchServed(archive!.url)).text()).toBe('bytes');
});

it.each(['secret.txt', '..%2fsecret.txt', '%2e%2e/secret.txt', 'absent.tar.gz'])(
  'does not serve %s',
  async (name) => {
    const response = await fetch(`${base}data/${name}`);
    expect([404, 418]).toContain(response.status);
    expect(await response.text()).not.toBe('secret');
    await expect(fetchServed(`${base}data/${name}`)).rejects.toThrow(DataError);
  },
);

it('is null for any other answer', async () => {
  expect(await servedArchive()).toBeNull();
  vi.stubGlobal('document', { baseURI: base });
  for (const body of [
    '<!doctype html>',
    '{}',
    '{"archives":[]}',
    '{"archives":[{"name":"../x.tar.gz","bytes":1}]}',
  ]) {
    vi.stubGlobal('fetch', async () => new Response(body));
    expect(await servedArchive()).toBeNull();
  }
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('offline')));
  expect(await servedArchive()).toBeNull();
  await expect(fetchServed(base)).rejects.toThrow(/could not be downloaded.*offline/);
});
