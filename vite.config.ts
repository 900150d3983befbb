/** Building and serving the page and its worker: a static site that works in any folder of any host. */
import react from '@vitejs/plugin-react';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import offline from './tools/offline.mjs';
import servedData from './tools/served-data.mjs';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Digest of the WebGPU kernels' sources. Stored measurements of the kernels are valid only for the same digest. */
function digestOfKernels(): string {
  const folder = new URL('src/kernels/webgpu/', import.meta.url);
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).toSorted()) hash.update(readFileSync(new URL(name, folder)));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Headers that isolate the page from other pages. Without them browsers have no SharedArrayBuffer and so no wasm
 * threads.
 */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  plugins: [react(), servedData(), offline()],
  worker: { format: 'es' },
  define: {
    __APP_VERSION__: JSON.stringify(version),
    __WEBGPU_KERNELS__: JSON.stringify(digestOfKernels()),
  },
  build: {
    target: 'es2022',
    // plotly.js is one file of about 1.5 MB, which is loaded after the first paint and cannot be split.
    chunkSizeWarningLimit: 2500,
    // Code that several views share goes into one file, so that the first paint waits for a few files instead of
    // sixty.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } },
    },
  },
  server: { headers: isolation },
  preview: { headers: isolation },
});
