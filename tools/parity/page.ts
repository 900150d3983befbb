/** The browser's side of `npm run parity`: what tools/parity.mjs calls through `window.parity`. */
import type { BackendName } from '../../src/experiment/backends';
import { DEFAULT_EXPERIMENT, type Experiment } from '../../src/experiment/settings';
import { messageInEnglish } from '../../src/language/message';
import { activateBackend } from '../../src/training/engines/backend';
import type { Engine } from '../../src/training/trainer';
import { ALLOWED, compareCase, type CaseReport } from '../../src/training/checks/parity';

/** Fetches a file from the parity server. Throws if it does not exist. */
async function read(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response;
}

let engine: Engine;

const parity = {
  async activate(
    backend: BackendName,
    precision: Experiment['precision'],
  ): Promise<{ backend: BackendName; adapter: string; reason: string }> {
    const active = await activateBackend(backend, { ...DEFAULT_EXPERIMENT, precision });
    engine = active.engine;
    const { adapter, reason } = active.environment;
    return {
      backend: active.environment.backend,
      adapter: messageInEnglish(adapter),
      reason: messageInEnglish(reason),
    };
  },
  allowed: ALLOWED,
  /** Compares the reference case that is served under `url`. */
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
