/** The trainer against the numerical reference, on the backends that a machine without a GPU can run in tests. */
import { beforeAll, describe, expect, test } from 'vitest';
import { oneWay } from '../../kernels/webgpu/algorithms';
import { activateBackend } from '../engines/backend';
import type { Engine } from '../trainer';
import { ALLOWED, compareCase, MEASURES } from './parity';
import { startWebgpu } from '../engines/webgpu-backend';

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

/** Half precision is one way to keep images, whatever the block: a plain one, shortcuts, and batch norms before and within. */
const IN_HALF = ['simplified-x2-output', 'x-dbb-odd-widths', 'x-wrn10-2-repvgg'];

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
      expect(error, `${measure}, ${where}`).toBeLessThan(ALLOWED.single[measure]);
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
    for (const measure of MEASURES)
      expect(report.errors[measure].error, measure).toBeLessThan(ALLOWED.single[measure]);
  });
});

describe('on webgpu in half precision', () => {
  beforeAll(async () => {
    engine = (await startWebgpu(true, oneWay('direct'), 'half')).engine;
  });

  test.each(IN_HALF)('%s is as near to the reference as halves come', async (name) => {
    const { errors } = await load(name);
    for (const measure of MEASURES)
      expect(errors[measure].error, measure).toBeLessThan(ALLOWED.half[measure]);
    // And not as near as singles come: there are halves in it.
    expect(errors.logits.error).toBeGreaterThan(ALLOWED.single.logits);
  });
});

test('a case that is none is refused with the place', async () => {
  const broken = { network: { family: 'vgg' } };
  await expect(compareCase(engine, broken, new ArrayBuffer(0))).rejects.toThrow(/family/);
});
