/**
 * Trains a short run and sends the digest of its weights, which must be the same in every browser, to the server. For
 * browsers that Playwright does not control.
 */
import { digestRun } from '../../src/training/checks/digest-run';
import { startWasm } from '../../src/training/engines/wasm-backend';

async function digests(): Promise<Record<string, string>> {
  const threads = globalThis.crossOriginIsolated ? [1, 2] : [1];
  const result: Record<string, string> = {};
  for (const count of threads) {
    const { engine, dispose } = await startWasm('reproducible', count);
    result[count] = await digestRun(engine);
    dispose();
  }
  return result;
}

const answer = await digests().catch((error: unknown) => ({ failed: String(error) }));
await fetch('/digest', { method: 'POST', body: JSON.stringify(answer) });
