/** A test server that serves one file and fails in every way in which networks and servers fail. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  | 'none'
  /** 404. */
  | 'missing'
  /** 503 at the first two requests. */
  | 'busy'
  /** The connection breaks half-way through every answer above 20,000 bytes, the first four times only. */
  | 'reset'
  /** The connection always breaks before the first byte. */
  | 'dead'
  /** More bytes are announced than the file has. */
  | 'long'
  /** Ranges are ignored. */
  | 'whole'
  /** A request for a range is answered with another part of the file. */
  | 'shifted'
  /** Nothing follows the headers. */
  | 'stalled'
  | 'html';

export interface FaultyServer {
  url: string;
  fault: Fault;
  /** Number of bytes sent and of requests received. */
  sent: number;
  requests: number;
  /** The Range headers of the requests, '' if there was none. */
  ranges: string[];
  close(): void;
}

const TAG = '"one"';
/** Time before a connection is cut, in ms: a busy client must have read what was sent, as a cut discards the rest. */
const CUT_AFTER = 150;

/** Serves `file`, at any path. */
export async function faultyServer(file: Uint8Array | ((path: string) => Uint8Array)): Promise<FaultyServer> {
  const server = createServer((request, response) => {
    answer(request, response, typeof file === 'function' ? file(request.url ?? '/') : file, state);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const state: FaultyServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`,
    fault: 'none',
    sent: 0,
    requests: 0,
    ranges: [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return state;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  file: Uint8Array,
  state: FaultyServer,
): void {
  state.requests++;
  const { fault } = state;
  if (fault === 'missing') return void response.writeHead(404).end('no');
  if (fault === 'html')
    return void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>');
  if (fault === 'busy' && state.requests <= 2) return void response.writeHead(503).end();
  if (fault === 'dead' && request.method !== 'HEAD') return void request.socket.destroy();
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  state.ranges.push(request.headers.range ?? '');
  const same = (request.headers['if-range'] ?? TAG) === TAG;
  const partial = range !== null && same && fault !== 'whole';
  const start = partial ? Number(range[1]) : 0;
  const end = partial && range[2] !== '' ? Number(range[2]) + 1 : file.length;
  const shift = fault === 'shifted' && partial ? 1 : 0;
  const body = file.subarray(start + shift, end + shift);
  response.writeHead(partial ? 206 : 200, {
    ETag: TAG,
    'Content-Type': 'application/octet-stream',
    'Content-Length': (request.method === 'HEAD' ? file.length : body.length) + (fault === 'long' ? 1000 : 0),
    ...(fault === 'whole' ? {} : { 'Accept-Ranges': 'bytes' }),
    ...(partial && { 'Content-Range': `bytes ${start + shift}-${end + shift - 1}/${file.length}` }),
  });
  if (request.method === 'HEAD') return void response.end();
  const half = body.subarray(0, Math.ceil(body.length / 2));
  const breaks = fault === 'reset' && body.length > 20_000 && state.requests <= 4;
  state.sent += breaks ? half.length : fault === 'stalled' ? 0 : body.length;
  if (fault === 'stalled') response.flushHeaders();
  else if (breaks) response.write(half, () => setTimeout(() => request.socket.destroy(), CUT_AFTER));
  else if (fault === 'long')
    response.write(body, () => setTimeout(() => request.socket.destroy(), CUT_AFTER));
  else response.end(body);
}
