/** `npm run data`: downloads that survive broken connections, and any form put in place as the binary archive. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, openAsBlob, readFileSync } from 'node:fs';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { digestsOf, download, Refusal } from '../../../tools/download.mjs';
import { faultyServer, type Fault, type FaultyServer } from './faulty-server';
import { binaryTar, imageZip, parquetOf, pythonArchive } from '../forms/form-fixtures';
import { gzipped } from '../forms/archive-fixtures';
import { readDataFile } from '../forms/read';

const FAST = { timeout: 300, retries: 2, pause: 5 };
const servers: FaultyServer[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));
async function serve(file: Uint8Array, fault: Fault = 'none'): Promise<FaultyServer> {
  const server = await faultyServer(file);
  server.fault = fault;
  servers.push(server);
  return server;
}
const folder = () => mkdtemp(join(tmpdir(), 'data-'));

const file = binaryTar();

it('resumes where the connection broke, with If-Range, and asks a busy server again', async () => {
  for (const fault of ['none', 'reset', 'busy'] as const) {
    const server = await serve(file, fault);
    const target = join(await folder(), 'x');
    await download(server.url, target, FAST);
    expect(new Uint8Array(readFileSync(target))).toEqual(file);
    expect(await digestsOf(target)).toMatchObject({ md5: createHash('md5').update(file).digest('hex') });
    expect(server.sent).toBe(file.length);
  }
});

it('keeps what was received for the next run, unless the file on the server has changed', async () => {
  const at = await folder();
  const server = await serve(file, 'reset');
  await expect(download(server.url, join(at, 'x'), { ...FAST, retries: 0 })).rejects.toThrow(
    /run the same command again to resume/,
  );
  expect(await readdir(at)).toEqual(['x.partial', 'x.partial.json']);
  server.fault = 'none';
  server.sent = 0;
  await download(server.url, join(at, 'x'), FAST);
  expect(server.sent).toBe(file.length / 2);
  expect(await readdir(at)).toEqual(['x']);
  await writeFile(join(at, 'x.partial'), 'other bytes');
  await writeFile(join(at, 'x.partial.json'), JSON.stringify({ url: server.url, validator: '"zero"' }));
  await download(server.url, join(at, 'x'), FAST);
  expect(new Uint8Array(readFileSync(join(at, 'x')))).toEqual(file);
});

const faults: [Fault, RegExp][] = [
  ['missing', /HTTP 404/],
  ['html', /web page/],
  ['dead', /the connection failed \(.*\), after 2 more attempts/],
  ['long', /the connection failed|bytes arrived|another part/],
  ['stalled', /no data arrived for 0\.3 s/],
];
it.each(faults)('a download, %s: reported', async (fault, message) => {
  const server = await serve(file, fault);
  const target = join(await folder(), 'x');
  const error: unknown = await download(server.url, target, FAST).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Refusal);
  expect((error as Error).message).toMatch(message);
  expect(existsSync(target)).toBe(false);
});

const COMMAND = fileURLToPath(new URL('../../../tools/data.mjs', import.meta.url));
const run = (...args: string[]) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? 1 : 0, output: stdout + stderr }),
    );
  });

it('puts any form in place as the binary archive', { timeout: 60_000 }, async () => {
  const at = await folder();
  const write = async (name: string, bytes: Uint8Array) => {
    await writeFile(join(at, name), bytes);
    return join(at, name);
  };
  const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());
  const packed = await bytesOf(gzipped(file));
  const server = await serve(packed, 'reset');
  const { digest } = await readDataFile(new Blob([file]));
  for (const sources of [
    [server.url],
    [await write('python', await bytesOf(pythonArchive('python 2')))],
    [await write('zip', imageZip())],
    [await write('a.parquet', parquetOf(7)), await write('b.parquet', parquetOf(3))],
  ]) {
    const to = join(at, 'out', String(sources.length), sources[0]!.replaceAll(/\W/g, ''));
    const { code, output } = await run(...sources.flatMap((source) => ['--from', source]), '--to', to);
    expect(output).toMatch(/7 training and 3 test images/);
    expect(code).toBe(0);
    expect(await readdir(to)).toEqual(['cifar-100-binary.tar.gz']);
    const archive = join(to, 'cifar-100-binary.tar.gz');
    expect((await readDataFile(await openAsBlob(archive))).digest).toBe(digest);
    if (sources[0] === server.url) expect(new Uint8Array(readFileSync(archive))).toEqual(packed);
  }
});

it('says what is wrong with the command or the file', { timeout: 30_000 }, async () => {
  const at = await folder();
  const [unknown, absent, broken] = await Promise.all([
    run('--nonsense'),
    run('--from', join(at, 'absent')),
    run('--from', COMMAND, '--to', at),
  ]);
  expect(unknown.output).toMatch(/Unknown option '--nonsense'[^]*npm run data/);
  expect(absent.output).toMatch(/There is no file/);
  expect(broken.output).toMatch(/found something else/);
  expect([unknown.code, absent.code, broken.code]).toEqual([1, 1, 1]);
  expect(await readdir(at)).toEqual([]);
});
