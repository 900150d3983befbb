/**
 * Compiles the WebAssembly training kernels (src/kernels/wasm/assembly, AssemblyScript) into src/kernels/wasm/build if
 * they are older than their source. As a command (`node tools/kernels.mjs`) it does this and ends.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { commandOf, ROOT } from './root.mjs';

const SOURCE = join(ROOT, 'src', 'kernels', 'wasm', 'assembly');
const TARGET = join(ROOT, 'src', 'kernels', 'wasm', 'build');
const COMMON = ['-O3', '--runtime', 'stub', '--importMemory', '--noAssert', '--enable', 'simd'];
/** The maximum of shared memory is 65,536 pages of 64 KiB, which are 4 GiB. */
const SHARED = ['--sharedMemory', '--maximumMemory', '65536', '--initialMemory', '1', '--enable', 'threads'];
const RELAXED = ['--enable', 'relaxed-simd'];
const BUILDS = {
  plain: [],
  'plain-shared': SHARED,
  relaxed: RELAXED,
  'relaxed-shared': [...SHARED, ...RELAXED],
};

/** Digest of what the compiled kernels depend on: the sources, the compiler's version, and this file. */
function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  for (const file of readdirSync(SOURCE).sort()) hash.update(file).update(readFileSync(join(SOURCE, file)));
  hash.update(readFileSync(join(ROOT, 'node_modules', 'assemblyscript', 'package.json')));
  return hash.digest('hex');
}

/** Compiles the kernels if needed. Ends the process with a message if the compiler reports an error. */
export function ensureKernels() {
  const stamp = join(TARGET, 'fingerprint');
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  mkdirSync(TARGET, { recursive: true });
  console.error('Compiling the WebAssembly kernels …');
  for (const [name, options] of Object.entries(BUILDS)) {
    const output = join(TARGET, `${name}.wasm`);
    const args = [
      commandOf('assemblyscript', 'asc'),
      join(SOURCE, 'index.ts'),
      ...COMMON,
      ...options,
      '-o',
      output,
    ];
    const { status } = spawnSync(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (status === 0) continue;
    console.error(`The WebAssembly kernels could not be compiled (${name}); see the messages above.`);
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureKernels();
