import type { Plugin } from 'vite';

/** Every file below a build's folder that the page can need, with its digest. */
export function filesOf(folder: string): Record<string, string>;

/** Builds the service worker beside the page. */
export default function offline(): Plugin;
