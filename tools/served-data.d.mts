import type { RequestListener } from 'node:http';
import type { Plugin } from 'vite';

/** Middleware that serves the archives of a folder under /data/. */
export function serveData(
  folder: string,
): (
  request: Parameters<RequestListener>[0],
  response: Parameters<RequestListener>[1],
  next: () => void,
) => Promise<unknown>;

/** Serves the repository's folder data/ in development and preview. */
export default function servedData(): Plugin;
