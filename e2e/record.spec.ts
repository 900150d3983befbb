/** The recording command: many runs in one go, and importing their records. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseRecord } from '../src/runs/record-schema';
import { expect, test } from './fixtures';
import { dropFiles, open } from './lab';

const NET = '?v=1&depths=1,2&widths=4,8&strides=2,2&batch=16&test=100&backend=wasm';
const COMMAND = fileURLToPath(new URL('../tools/record.mjs', import.meta.url));

/**
 * Runs the command. `heard` is called with the whole output so far and may kill the command. Resolves to the output
 * and the exit code.
 */
function recording(args: string[], heard?: (said: string, kill: () => void) => void) {
  return new Promise<{ said: string; code: number | null }>((resolve) => {
    // In its own process group, so that its browser is killed with it, as in a power failure.
    const child = spawn(process.execPath, [COMMAND, ...args], { detached: true });
    let said = '';
    const hear = (text: Buffer) => {
      said += text.toString();
      heard?.(said, () => process.kill(-child.pid!, 'SIGKILL'));
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', (code) => resolve({ said, code }));
  });
}

const recordsIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, content: readFileSync(join(folder, name)) }));

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'branch-lab-night-'));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));

test('all records of a sweep can be imported by dropping them together', async ({ page }) => {
  test.setTimeout(240_000);
  const sweep = join(folder, 'sweep.json');
  writeFileSync(
    sweep,
    JSON.stringify({
      format: 'branch-lab-sweep',
      version: 1,
      name: 'Factors',
      base: `${NET}&length=10&evalEvery=0`,
      axes: [{ key: 'factor', values: ['1', '2'] }],
      seeds: [1],
    }),
  );
  const out = join(folder, 'night');
  const { said, code } = await recording(['--sweep', sweep, '--out', out]);
  expect(code, said).toBe(0);
  expect(said).toMatch(/Factor k 1 .*10\/10.*finished\n.*Factor k 2 .*10\/10.*finished/);
  const records = recordsIn(out);
  expect(records).toHaveLength(2);
  await open(page);
  await dropFiles(page, records);
  await expect(page.getByText('2 runs came in', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Show the runs' }).click();
  await expect(page.getByRole('region', { name: 'Table of runs' })).toContainText('10 / 10');
});

test('after it was killed the command resumes with the same numbers, bit for bit, and keeps finished runs', async () => {
  test.setTimeout(300_000);
  // The second run takes several times the two seconds between checkpoints, also on a fast machine.
  const links = [`${NET}&length=5&evalEvery=0`, `${NET}&length=10000&evalEvery=0&checkpointEvery=50`];
  const killed = join(folder, 'killed');
  const first = await recording([...links, '--out', killed], (said, kill) => {
    if (/\/ 10,000.* · saved up to step/.test(said)) kill();
  });
  expect(first.code).toBeNull();
  expect(recordsIn(killed)).toHaveLength(1);
  const second = await recording([...links, '--out', killed, '--resume']);
  expect(second.code, second.said).toBe(0);
  expect(second.said).toContain('is finished already');
  expect(second.said).toContain('Resuming');
  const whole = join(folder, 'whole.json');
  expect((await recording([links[1]!, '--out', whole])).code).toBe(0);
  const record = (content: Buffer) => parseRecord(content.toString());
  const resumed = recordsIn(killed)
    .map(({ content }) => record(content))
    .find(({ totalSteps }) => totalSteps === 10_000)!;
  const expected = record(readFileSync(whole));
  expect(resumed.end).toEqual(expected.end);
  expect(resumed.series.loss).toEqual(expected.series.loss);
});
