/** The recording command's line: read, checked, and explained where it is wrong. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, refuse as refuseWith } from '../command-line.mjs';
import { ROOT } from '../root.mjs';

const USAGE =
  'Usage: npm run record -- "QUERY" … [--list FILE] [--sweep FILE] [--seeds N] [--data FILE] [--out FILE|DIR]\n' +
  '                         [--zip] [--resume] [--png DIR] [--timeout MINUTES]\n' +
  '  QUERY      a link\'s settings, e.g. "?v=1&preset=repvgg&length=100", or a whole link; several, one after another\n' +
  '  --list     a file of links, one a line\n' +
  '  --sweep    a sweep as the page saves it\n' +
  '  --seeds    each link with the seeds 1 … N\n' +
  '  --data     CIFAR-100 as the page takes it, e.g. cifar-100-python.tar.gz\n' +
  '  --out      where the record goes (out/record.json); of several the folder of all (out/records)\n' +
  '  --zip      beside each record everything of the run: series, weights, checkpoint, charts\n' +
  '  --resume   goes on with a folder: finished runs are left, an interrupted one resumes\n' +
  '  --png      a folder for the charts and a picture of the page\n' +
  '  --timeout  longest time that each run may take, in minutes (60)';

/** @type {(problem: string) => never} */
export const refuse = (problem) => refuseWith(problem, USAGE);

const textOf = (/** @type {string | undefined} */ file) => {
  if (file === undefined) return null;
  if (!existsSync(file)) refuse(`There is no file ${file}.`);
  return readFileSync(file, 'utf8');
};

/** Links, and how to record them; `many` where there is a folder of records. */
export function readOptions() {
  const options = /** @type {const} */ ({
    list: { type: 'string' },
    sweep: { type: 'string' },
    seeds: { type: 'string' },
    data: { type: 'string' },
    out: { type: 'string' },
    zip: { type: 'boolean', default: false },
    resume: { type: 'boolean', default: false },
    png: { type: 'string' },
    timeout: { type: 'string', default: '60' },
  });
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const listed = (textOf(values.list) ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    const links = [...positionals, ...listed];
    const sweep = textOf(values.sweep);
    if (links.length === 0 && sweep === null) refuse('Expected a query, in quotes, a list or a sweep.');
    const seeds = values.seeds === undefined ? null : Number(values.seeds);
    if (seeds !== null && !(Number.isInteger(seeds) && seeds >= 1 && seeds <= 1000))
      refuse(`The number of seeds is a whole number from 1 to 1000, not "${values.seeds}".`);
    const minutes = Number(values.timeout);
    if (!(minutes > 0)) refuse(`The timeout is a number of minutes above 0, not "${values.timeout}".`);
    if (values.data !== undefined && !existsSync(values.data)) refuse(`There is no file ${values.data}.`);
    const { zip, resume } = values;
    const many = links.length > 1 || sweep !== null || seeds !== null || zip || resume;
    const out = resolve(values.out ?? join(ROOT, 'out', many ? 'records' : 'record.json'));
    if (many && /\.json$/i.test(out))
      refuse(`Several records go into a folder; ${out} is the name of a file.`);
    return {
      links,
      sweep,
      seeds,
      many,
      out,
      zip,
      resume,
      data: values.data,
      png: values.png === undefined ? undefined : resolve(values.png),
      timeout: minutes * 60_000,
    };
  } catch (error) {
    return refuse(messageOf(error));
  }
}
