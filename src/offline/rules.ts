/** What the service worker answers, and with which headers; plain functions on plain values. */

/** What a build consists of; put into the service worker by tools/offline.mjs. */
export interface Build {
  /** Digest of all files. */
  version: string;
  /** Every file that the page can need, by its path below the scope, with a digest of its content. */
  files: Readonly<Record<string, string>>;
}

/** The page itself. */
export const PAGE = 'index.html';
/** Where the build puts files that carry a digest in their names. */
const HASHED = 'assets/';
/** The archive that the lab may be served with; never kept, for it is large and its owner's. */
const DATA = 'data/';

export type Route =
  /** The page: the network first, then what is kept. */
  | { kind: 'page' }
  /** A file of this build: what is kept, then the network. */
  | { kind: 'file'; path: string }
  /** A file of another build, whose page is open already: the network. */
  | { kind: 'passing' }
  /** The list of archives: the network; none where there is no network. */
  | { kind: 'archives' }
  /** Nothing of the worker's: the browser does as if there were no worker. */
  | { kind: 'none' };

export interface Asked {
  url: string;
  method: string;
  mode: string;
  headers: { has(name: string): boolean };
}

/** Which of these a request is. `scope` is the folder of the lab, with a slash at its end. */
export function routeOf({ url, method, mode, headers }: Asked, scope: string, { files }: Build): Route {
  const none: Route = { kind: 'none' };
  const { origin, pathname } = new URL(url);
  const folder = new URL(scope);
  if (origin !== folder.origin || !pathname.startsWith(folder.pathname)) return none;
  if (method !== 'GET' || headers.has('range')) return none;
  const path = pathname.slice(folder.pathname.length);
  if (path === `${DATA}index.json`) return { kind: 'archives' };
  if (path.startsWith(DATA)) return none;
  if (path === '' || path === PAGE) return mode === 'navigate' ? { kind: 'page' } : none;
  if (Object.hasOwn(files, path)) return { kind: 'file', path };
  return path.startsWith(HASHED) ? { kind: 'passing' } : none;
}

/** Whether a file's name says what is in it, so that any copy of it will do. */
export const isHashed = (path: string): boolean => path.startsWith(HASHED);

/** What isolates the page from others, so that SharedArrayBuffer, and with it wasm with threads, exists. */
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The same response with the headers; one that may not be read, such as a redirect, as it is. */
export function isolated(response: Response): Response {
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/** Caches belong to a folder: an origin may have several labs. */
const cachePrefix = (scope: string) => `branch-lab ${scope} `;
export const cacheName = (scope: string, { version }: Build): string => cachePrefix(scope) + version;
export const isOurCache = (name: string, scope: string): boolean => name.startsWith(cachePrefix(scope));

/** What the page asks of a worker; each is answered with one boolean. */
export type Question =
  /** Is the page that was made from this script of your build? */
  | { ask: 'same build'; script: string }
  /** Take over from the worker before you, if no other window could miss that one's files. Did you? */
  | { ask: 'take over' }
  /** Keep what you have not kept yet. Is all there? */
  | { ask: 'keep all' };
