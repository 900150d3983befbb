/** `node tools/setup.mjs`, with which `npm run dev` and `npm run build` begin. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { commandOf, ROOT } from './root.mjs';

it('the set-up command ends successfully, and prints nothing where there is nothing to do', () => {
  const run = () =>
    spawnSync(process.execPath, [join(ROOT, 'tools', 'setup.mjs')], { cwd: ROOT, encoding: 'utf8' });
  // The first run may have to compile the kernels.
  expect(run()).toMatchObject({ status: 0 });
  expect(run()).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

it('names a command that a package does not have', () => {
  expect(() => commandOf('vitest', 'vittest')).toThrow('The package vitest has no command vittest.');
});
