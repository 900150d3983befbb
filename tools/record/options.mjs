/** The options of `npm run record`: read, checked, and explained if they are wrong. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, refuse as refuseWith } from '../command-line.mjs';
import { ROOT } from '../root.mjs';

const USAGE =
  'Usage: npm run record -- "QUERY" … [--list FILE] [--sweep FILE] [--seeds N] [--data FILE] [--out FILE|DIR]\n' +
  '                         [--zip] [--resume] [--png DIR] [--timeout MINUTES]\n' +
  '  QUERY      the settings of a link, e.g. "?v=1&preset=repvgg&length=100", or a whole link; several are trained in turn\n' +
  '  --list     a file of links, one per line\n' +
  '  --sweep    a sweep file saved by the page\n' +
  '  --seeds    trains each link with the seeds 1 … N\n' +
  '  --data     CIFAR-100 in a form that the page can read, e.g. cifar-100-python.tar.gz\n' +
  '  --out      the file for the record (out/record.json); for several runs the folder (out/records)\n' +
  '  --zip      also saves an archive of each run: series, weights, checkpoint, charts\n' +
  '  --resume   continues a folder: skips finished runs and resumes an interrupted one\n' +
  '  --png      a folder for pictures of the charts and of the page\n' +
  '  --timeout  minutes that each run may take at most (60)';

/** @type {(problem: string) => never} */
export const refuse = (problem) => refuseWith(problem, USAGE);

const textOf = (/** @type {string | undefined} */ file) => {
  if (file === undefined) return null;
  if (!existsSync(file)) refuse(`There is no file ${file}.`);
  return readFileSync(file, 'utf8');
};

/** The links to record, and how to record them; `many` if the records go into a folder. */
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
    if (links.length === 0 && sweep === null) refuse('Expected a query in quotes, a list or a sweep.');
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
