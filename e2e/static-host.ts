/**
 * A plain static host that serves a copy of the build in a deep folder. Tests can change the copy, and stop and
 * restart the host.
 */
import {
  cpSync,
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const FOLDER = '/some/deep/path/';
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

export interface Asked {
  path: string;
  range: string | undefined;
}

export interface StaticHost {
  /** Address of the lab, with a slash at its end. */
  url: string;
  port: number;
  /** Requests so far, by path below the lab's folder. */
  asked: Asked[];
  /** Paths that are answered with 404. */
  missing: Set<string>;
  /** Response headers in addition to the content type. */
  headers: Record<string, string>;
  /** Milliseconds to wait before sending index.html. */
  delay: number;
  /** Rewrites a file of the copy. */
  rewrite(path: string, change: (text: string) => string): void;
  read(path: string): string;
  list(folder: string): string[];
  copy(from: string, to: string): void;
  move(from: string, to: string): void;
  stop(): Promise<void>;
  start(): Promise<void>;
  end(): Promise<void>;
}

export async function staticHost(folder = FOLDER, hostname = '127.0.0.1'): Promise<StaticHost> {
  const root = mkdtempSync(join(tmpdir(), 'branch-lab-host-'));
  cpSync(DIST, root, { recursive: true });
  let server: Server | null = null;

  const refuse = (response: ServerResponse) => {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not here');
  };
  const listen = (port: number) =>
    new Promise<number>((resolve) => {
      server = createServer((request, response) => {
        const { pathname } = new URL(request.url ?? '/', 'http://host');
        if (!pathname.startsWith(folder)) return refuse(response);
        const path = pathname.slice(folder.length) || 'index.html';
        host.asked.push({ path, range: request.headers.range });
        const file = join(root, normalize(path));
        const found = statSync(file, { throwIfNoEntry: false });
        if (host.missing.has(path) || !found?.isFile()) return refuse(response);
        const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
        const part = from === undefined ? {} : { start: Number(from), end: Number(to) };
        const send = () => {
          response.writeHead(from === undefined ? 200 : 206, {
            'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
            ...host.headers,
          });
          // At the end of a test the copy may be deleted while a service worker is still requesting files.
          createReadStream(file, part)
            .on('error', () => response.destroy())
            .pipe(response);
        };
        setTimeout(send, path === 'index.html' ? host.delay : 0);
      });
      server.listen(port, '127.0.0.1', () => resolve((server!.address() as AddressInfo).port));
    });
  const stop = () =>
    new Promise<void>((resolve) => {
      if (!server) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
      server = null;
    });

  const host: StaticHost = {
    url: '',
    port: 0,
    asked: [],
    missing: new Set(),
    headers: {},
    delay: 0,
    rewrite: (path, change) =>
      writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8'))),
    read: (path) => readFileSync(join(root, path), 'utf8'),
    list: (path) => readdirSync(join(root, path)),
    copy: (from, to) => cpSync(join(root, from), join(root, to)),
    move: (from, to) => renameSync(join(root, from), join(root, to)),
    stop,
    start: async () => void (await listen(host.port)),
    end: async () => {
      await stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
  host.port = await listen(0);
  host.url = `http://${hostname}:${host.port}${folder}`;
  return host;
}
