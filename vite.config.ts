/** How the page and its worker are built and served: a static site for any folder of any host. */
import react from '@vitejs/plugin-react';
import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import servedData from './tools/served-data.mjs';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Isolates the page from others, so that SharedArrayBuffer, and with it wasm with threads, exists. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * tfjs-backend-wasm 4.22 starts its threads from the source text of its factory function, which names a variable
 * outside it. Minified, that variable has another name and its `typeof` guard is gone, and every thread fails with a
 * ReferenceError. The variable is of no use here: the text is always passed as a blob.
 */
const selfContainedThreads = (): Plugin => ({
  name: 'self-contained-wasm-threads',
  transform: {
    filter: { id: /tfjs-backend-wasm-threaded-simd\.js/ },
    handler: (code) =>
      code
        .replace('if(typeof _scriptDir !== "undefined" && _scriptDir){scriptDirectory=_scriptDir}', '')
        .replace('Module["mainScriptUrlOrBlob"]||_scriptDir', 'Module["mainScriptUrlOrBlob"]'),
  },
});

export default defineConfig({
  base: './',
  plugins: [react(), servedData()],
  worker: { format: 'es', plugins: () => [selfContainedThreads()] },
  define: { __APP_VERSION__: JSON.stringify(version) },
  build: {
    target: 'es2022',
    // plotly.js is one file of about 1.5 MB, loaded after the first paint; it cannot be split any further.
    chunkSizeWarningLimit: 2500,
  },
  server: { headers: isolation },
  preview: { headers: isolation },
});
