/** Which requests the service worker answers, and with which headers. Pure. */

/** The files of a build. tools/offline.mjs inserts them into the service worker. */
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
/** The archive that the lab may be served with. Never cached, because it is large and not part of the lab. */
const DATA = 'data/';

export type Route =
  /** The page: the network first, then the cache. */
  | { kind: 'page' }
  /** A file of this build: the cache first, then the network. */
  | { kind: 'file'; path: string }
  /** A file of another build, whose page is still open: the network. */
  | { kind: 'passing' }
  /** The list of archives: the network; an empty list without a network. */
  | { kind: 'archives' }
  /** Any other request: the browser handles it as if there were no worker. */
  | { kind: 'none' };

export interface Asked {
  url: string;
  method: string;
  mode: string;
  headers: { has(name: string): boolean };
}

/** The route of a request. `scope` is the folder of the lab, with a slash at the end. */
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

/** Whether a file's name contains a digest of its content, so that any copy is valid. */
export const isHashed = (path: string): boolean => path.startsWith(HASHED);

/** Headers that isolate the page from others. SharedArrayBuffer, which threads of WebAssembly need, exists only then. */
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The same response with the headers. An opaque one, such as a redirect, is returned unchanged. */
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

/** Requests of the page to a service worker. Each is answered with one boolean. */
export type Question =
  /** Does this script belong to your build? */
  | { ask: 'same build'; script: string }
  /** Take over from the previous worker, unless another window needs its files. Answers whether it did. */
  | { ask: 'take over' }
  /** Cache the files that are not cached yet. Answers whether all are cached. */
  | { ask: 'keep all' };
