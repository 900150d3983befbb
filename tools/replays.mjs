/**
 * npm run replays: makes the recordings that ship with the page, public/replays/NAME.blr, from the table in
 * src/runs/replays.ts. It trains each one with the recording command on real CIFAR-100 images and writes the compact
 * file.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { messageOf, refuse as refuseWith } from './command-line.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { loadModule } from './load-module.mjs';
import { ROOT } from './root.mjs';

const FOLDER = join(ROOT, 'public', 'replays');
const USAGE =
  'Usage: npm run replays -- [NAME …] [--data FILE] [--records DIR]\n' +
  '  NAME       recordings to make; all of them if none is named\n' +
  '  --data     CIFAR-100 in a form that the page can read (../shared/data/cifar-100-binary.tar.gz)\n' +
  '  --records  a folder of records from npm run record, to use instead of training';

/** @type {(problem: string) => never} */
const refuse = (problem) => refuseWith(problem, USAGE);

function readOptions() {
  const options = /** @type {const} */ ({
    data: { type: 'string', default: '../shared/data/cifar-100-binary.tar.gz' },
    records: { type: 'string' },
  });
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    return { ...values, names: positionals };
  } catch (error) {
    return refuse(messageOf(error));
  }
}

const { data, records, names } = readOptions();
ensureDependencies();
const { REPLAYS } = /** @type {typeof import('../src/runs/replays')} */ (
  await loadModule('src/runs/replays.ts')
);
const { writeReplay } = /** @type {typeof import('../src/runs/replay-file')} */ (
  await loadModule('src/runs/replay-file.ts')
);
const { parseRecord } = /** @type {typeof import('../src/runs/record-schema')} */ (
  await loadModule('src/runs/record-schema.ts')
);
const known = REPLAYS.map(({ name }) => name);
const stranger = names.find((name) => !known.includes(name));
if (stranger !== undefined) refuse(`There is no recording ${stranger}; there are ${known.join(', ')}.`);
const wanted = REPLAYS.filter(({ name }) => names.length === 0 || names.includes(name));

/**
 * Trains the wanted recordings and returns the folder of their records. Ends the command with a message if there are
 * no images.
 */
function train() {
  const file = resolve(ROOT, data);
  if (!existsSync(file)) {
    console.warn(
      `Skipped: recordings need real CIFAR-100 images, but there is no file ${file}. Name yours with --data.`,
    );
    process.exit(0);
  }
  const folder = join(ROOT, 'out', 'replays');
  rmSync(folder, { recursive: true, force: true });
  const list = join(ROOT, 'out', 'replays.txt');
  mkdirSync(join(ROOT, 'out'), { recursive: true });
  writeFileSync(list, wanted.map(({ query }) => query).join('\n'));
  // For a single link the recording command would write a file instead of a folder. All recordings have seed 1.
  const seeds = wanted.length === 1 ? ['--seeds', '1'] : [];
  const command = [
    join(ROOT, 'tools', 'record.mjs'),
    '--list',
    list,
    '--data',
    file,
    '--out',
    folder,
    ...seeds,
  ];
  const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error('The recording command failed; see the messages above.');
  return folder;
}

const folder = records === undefined ? train() : resolve(records);
/** @type {Map<string, import('../src/runs/record-schema').RunRecord>} */
const found = new Map();
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const record = parseRecord(readFileSync(join(folder, file), 'utf8'));
  found.set(record.query, record);
}
mkdirSync(FOLDER, { recursive: true });
let failed = false;
for (const { name, query } of wanted) {
  const record = found.get(query);
  if (!record) {
    console.error(`${name}: no record of ${query} in ${folder}.`);
    failed = true;
    continue;
  }
  const bytes = writeReplay(record, name);
  writeFileSync(join(FOLDER, `${name}.blr`), bytes);
  console.log(
    `${name.padEnd(20)} ${String(bytes.length).padStart(7)} bytes, ${record.end.how} after ${record.end.step} steps`,
  );
}
process.exit(failed ? 1 : 0);
