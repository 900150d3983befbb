/**
 * Compares the WebAssembly kernels with the numerical reference in Node, where all cases take a second: reproducible
 * arithmetic, one thread. ./parity.browser.test covers threads, relaxed SIMD and the page's loading of the kernels.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { KernelModule } from '../../kernels/wasm/kernels';
import { digestRun, EXPECTED_DIGEST } from './digest-run';
import { ALLOWED, compareCase, MEASURES } from './parity';
import { wasmEngine } from '../engines/wasm-trainer';

const CASES = new URL('./reference-cases/', import.meta.url);
const cases = readdirSync(CASES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const kernels: KernelModule = {
  module: new WebAssembly.Module(
    readFileSync(new URL('../../kernels/wasm/build/plain.wasm', import.meta.url)),
  ),
  shared: false,
  arithmetic: 'reproducible',
};
const engine = wasmEngine(kernels, null);

test.each(cases)('%s is within 1e-4 of the reference', async (name) => {
  const config: unknown = JSON.parse(readFileSync(new URL(`${name}/config.json`, CASES), 'utf8'));
  const tensors = readFileSync(new URL(`${name}/tensors.safetensors`, CASES));
  const report = await compareCase(engine, config, new Uint8Array(tensors).buffer);
  for (const measure of MEASURES) {
    const { error, where } = report.errors[measure];
    expect(error, `${measure}, ${where}`).toBeLessThan(ALLOWED.single[measure]);
  }
});

test('fifty steps give the weights that every machine gives', async () => {
  expect(await digestRun(engine)).toBe(EXPECTED_DIGEST);
});
