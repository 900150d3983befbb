/** The PyTorch side of `npm run bench`: a Python process that times training steps, one request at a time. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { ROOT } from '../root.mjs';

/**
 * Starts the process; it imports torch first. Throws if it ends.
 * @param {string} python a Python that has torch
 * @param {NodeJS.ProcessEnv} env added to this process's environment
 */
export async function startPytorch(python, env) {
  const child = spawn(python, [join(ROOT, 'tools', 'bench', 'pytorch.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('PyTorch stopped; see the messages above.');
    return JSON.parse(value);
  };
  return {
    /** The version of PyTorch and its arithmetic. */
    label: /** @type {string} */ (await read()),
    /** @returns {Promise<number[]>} milliseconds of each step */
    steps: (/** @type {{ network: string; batch: number; threads: number; steps: number }} */ request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return read();
    },
    close: () => child.stdin.end(),
  };
}
