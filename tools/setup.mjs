/**
 * Prepares the repository for the other commands: installs missing packages and compiles the WebAssembly kernels. As a
 * command (`node tools/setup.mjs`) it does this and ends.
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './dependencies.mjs';
import { ensureKernels } from './kernels.mjs';

/** Installs and compiles what is missing or out of date. Ends the process with a message if that fails. */
export function setUp() {
  ensureDependencies();
  ensureKernels();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp();
