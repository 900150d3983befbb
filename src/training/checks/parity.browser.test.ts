/** Compares the trainer with the numerical reference on the backends that run without a GPU. */
import { beforeAll, describe, expect, test } from 'vitest';
import { sameAlgorithmEverywhere } from '../../kernels/webgpu/algorithms';
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

/** Half precision stores images in the same form in every block; so a simple block, one with several batch norms, and shortcuts are enough. */
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
    // One fixed algorithm, because the fastest one may differ tomorrow; ./engines.browser.test compares all of them.
    engine = (await startWebgpu(true, sameAlgorithmEverywhere('direct'))).engine;
  });

  test.each(cases)('%s is within 1e-4 of the reference', async (name) => {
    const report = await load(name);
    for (const measure of MEASURES)
      expect(report.errors[measure].error, measure).toBeLessThan(ALLOWED.single[measure]);
  });
});

describe('on webgpu in half precision', () => {
  beforeAll(async () => {
    engine = (await startWebgpu(true, sameAlgorithmEverywhere('direct'), 'half')).engine;
  });

  test.each(IN_HALF)('%s is within the tolerance of half precision', async (name) => {
    const { errors } = await load(name);
    for (const measure of MEASURES)
      expect(errors[measure].error, measure).toBeLessThan(ALLOWED.half[measure]);
    // An error above that of single precision shows that halves were used.
    expect(errors.logits.error).toBeGreaterThan(ALLOWED.single.logits);
  });
});

test('a malformed case is refused with the name of the field', async () => {
  const broken = { network: { family: 'vgg' } };
  await expect(compareCase(engine, broken, new ArrayBuffer(0))).rejects.toThrow(/family/);
});
