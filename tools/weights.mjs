/**
 * npm run weights -- --pytorch PYTHON [--write]: exports weights of every family, trained and fused, loads them by
 * name in PyTorch, and compares PyTorch's logits with the lab's. With --write it saves the files and logits as golden
 * cases, which the unit tests compare with if there is no Python. Skips everything, with a message, if PYTHON has
 * no torch.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { messageOf, refuse } from './command-line.mjs';
import { loadModule } from './load-module.mjs';
import { ROOT } from './root.mjs';
import { setUp } from './setup.mjs';

const USAGE = 'Usage: npm run weights -- [--pytorch PYTHON] [--write]';
const GOLDEN = join(ROOT, 'src', 'runs', 'files', 'golden');
const LIMIT = 1e-4;

function readOptions() {
  try {
    const options = /** @type {const} */ ({
      pytorch: { type: 'string', default: 'python3' },
      write: { type: 'boolean', default: false },
    });
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse(messageOf(error), USAGE);
  }
}

const { pytorch, write } = readOptions();
const has = spawnSync(pytorch, ['-c', 'import torch, safetensors; print(torch.__version__)'], {
  encoding: 'utf8',
});
if (has.status !== 0) {
  console.error(
    `SKIPPED: ${pytorch} has no torch and safetensors. Name a Python that has them with --pytorch. ` +
      'The unit tests compare with the logits that PyTorch computed when the golden cases were written.',
  );
  process.exit(0);
}
setUp();
const { weightsCases } = /** @type {typeof import('./weights/cases')} */ (
  await loadModule('tools/weights/cases.ts')
);
const { readSafetensors } = /** @type {typeof import('../src/training/formats/safetensors')} */ (
  await loadModule('src/training/formats/safetensors.ts')
);

const folder = write ? GOLDEN : mkdtempSync(join(tmpdir(), 'branch-lab-weights-'));
let failed = false;
try {
  const cases = await weightsCases();
  for (const { name, config, trained, fused, images } of cases) {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
    for (const [file, bytes] of Object.entries({ trained, fused, images }))
      writeFileSync(join(path, `${file}.safetensors`), new Uint8Array(bytes));
  }
  const ran = spawnSync(pytorch, [join(ROOT, 'tools', 'weights', 'pytorch.py'), folder], {
    stdio: 'inherit',
  });
  if (ran.status !== 0) throw new Error('PyTorch could not load the files; see the messages above.');
  console.log(`PyTorch ${has.stdout.trim()} in float64, compared with the lab’s wasm kernels in float32`);
  console.log('case        form      largest |logit|   largest difference');
  for (const { name, logits } of cases) {
    const file = new Uint8Array(readFileSync(join(folder, name, 'logits.safetensors'))).buffer;
    const { tensors } = readSafetensors(file);
    for (const form of /** @type {const} */ (['trained', 'fused'])) {
      const expected = tensors.get(form)?.data;
      if (!expected) throw new Error(`PyTorch wrote no logits of the ${form} form of ${name}.`);
      let difference = 0;
      let largest = 0;
      expected.forEach((value, i) => {
        difference = Math.max(difference, Math.abs(value - (logits[form][i] ?? NaN)));
        largest = Math.max(largest, Math.abs(value));
      });
      const passed = difference < LIMIT;
      failed ||= !passed;
      console.log(
        `${name.padEnd(12)}${form.padEnd(10)}${largest.toFixed(3).padStart(15)}${difference.toExponential(1).padStart(21)}   ${passed ? 'PASS' : 'FAIL'}`,
      );
    }
  }
} catch (error) {
  failed = true;
  console.error(messageOf(error));
} finally {
  if (!write) rmSync(folder, { recursive: true });
}
process.exit(failed ? 1 : 0);
