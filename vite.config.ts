/** How the page and its worker are built and served: a static site for any folder of any host. */
import react from '@vitejs/plugin-react';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import offline from './tools/offline.mjs';
import servedData from './tools/served-data.mjs';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Of the WebGPU kernels' sources: what was measured of them counts as long as they are these. */
function digestOfKernels(): string {
  const folder = new URL('src/kernels/webgpu/', import.meta.url);
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).toSorted()) hash.update(readFileSync(new URL(name, folder)));
  return hash.digest('hex').slice(0, 16);
}

/** Isolates the page from others, so that SharedArrayBuffer, and with it wasm with threads, exists. */
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
    // plotly.js is one file of about 1.5 MB, loaded after the first paint; it cannot be split any further.
    chunkSizeWarningLimit: 2500,
    // What several views share comes as one file: the page's first paint waits for a few files, not for sixty.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } },
    },
  },
  server: { headers: isolation },
  preview: { headers: isolation },
});
