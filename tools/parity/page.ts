/** The browser's side of `npm run parity`: what tools/parity.mjs calls through `window.parity`. */
import type { BackendName } from '../../src/experiment/backends';
import { DEFAULT_EXPERIMENT, type Experiment } from '../../src/experiment/settings';
import { activateBackend } from '../../src/training/engines/backend';
import type { Engine } from '../../src/training/trainer';
import { ALLOWED, compareCase, type CaseReport } from '../../src/training/checks/parity';
import type { Environment } from '../../src/training/protocol';

/** The file behind a URL of the parity server. Throws where it is not there. */
async function read(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response;
}

let engine: Engine;

const parity = {
  async activate(backend: BackendName, precision: Experiment['precision']): Promise<Environment> {
    const active = await activateBackend(backend, { ...DEFAULT_EXPERIMENT, precision });
    engine = active.engine;
    return active.environment;
  },
  allowed: ALLOWED,
  /** Compares the reference case served under `url`. */
  async compare(url: string): Promise<CaseReport> {
    const config: unknown = await (await read(`${url}/config.json`)).json();
    return compareCase(engine, config, await (await read(`${url}/tensors.safetensors`)).arrayBuffer());
  },
};

declare global {
  interface Window {
    parity: typeof parity;
  }
}

window.parity = parity;
