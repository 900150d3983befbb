/** How the page and its worker are built and served: a static site for any folder of any host. */
import react from '@vitejs/plugin-react';
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import servedData from './tools/served-data.mjs';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Isolates the page from others, so that SharedArrayBuffer, and with it wasm with threads, exists. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  plugins: [react(), servedData()],
  worker: { format: 'es' },
  define: { __APP_VERSION__: JSON.stringify(version) },
  build: {
    target: 'es2022',
    // plotly.js is one file of about 1.5 MB, loaded after the first paint; it cannot be split any further.
    chunkSizeWarningLimit: 2500,
  },
  server: { headers: isolation },
  preview: { headers: isolation },
});
