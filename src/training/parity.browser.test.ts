/** The trainer against the numerical reference, on the backends that a machine without a GPU can run in tests. */
import { beforeAll, describe, expect, test } from 'vitest';
import { oneWay } from '../kernels/webgpu/ways';
import { activateBackend } from './backend';
import type { Engine } from './trainer';
import { compareCase, MEASURES } from './parity';
import { startWebgpu } from './webgpu-backend';

const configs = import.meta.glob<object>('./reference-cases/*/config.json', {
  eager: true,
  import: 'default',
});
const files = import.meta.glob<string>('./reference-cases/*/tensors.safetensors', {
  eager: true,
  query: '?url',
  import: 'default',
});
const cases = Object.keys(configs).map((path) => path.split('/')[2]!);

let engine: Engine;

const load = async (name: string) => {
  const response = await fetch(files[`./reference-cases/${name}/tensors.safetensors`]!);
  return compareCase(engine, configs[`./reference-cases/${name}/config.json`], await response.arrayBuffer());
};

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    const active = await activateBackend(backend);
    expect(active.environment.backend).toBe(backend);
    engine = active.engine;
  });

  test.each(cases)('%s is within 1e-4 of the reference', async (name) => {
    const report = await load(name);
    for (const measure of MEASURES) {
      const { error, where } = report.errors[measure];
      expect(error, `${measure}, ${where}`).toBeLessThan(1e-4);
    }
  });
});

describe('on webgpu', () => {
  beforeAll(async () => {
    // Not the way that is fastest here, which may be another tomorrow; the ways are compared in ./engines.browser.test.
    engine = (await startWebgpu(true, oneWay('direct'))).engine;
  });

  test.each(cases)('%s is within 1e-4 of the reference', async (name) => {
    const report = await load(name);
    for (const measure of MEASURES) expect(report.errors[measure].error, measure).toBeLessThan(1e-4);
  });
});

test('a case that is none is refused with the place', async () => {
  const broken = { network: { family: 'vgg' } };
  await expect(compareCase(engine, broken, new ArrayBuffer(0))).rejects.toThrow(/family/);
});
