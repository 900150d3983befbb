/**
 * npm run data: puts CIFAR-100 where the served lab finds it (data/cifar-100-binary.tar.gz): the original, downloaded and
 * checked, or any form of it that the page reads, from files or mirrors. All is read through with the page's own reader.
 */
import { createWriteStream, openAsBlob } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGunzip, createGzip } from 'node:zlib';
import { runnerImport } from 'vite';
import { digestsOf, download, Refusal } from './download.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const NAME = 'cifar-100-binary.tar.gz';
const HOME = `https://www.cs.toronto.edu/~kriz/${NAME}`;
/** The original archive. */
const ORIGINAL = {
  md5: '03b5dce01913d631647c71ecec9e9cb8',
  sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
};

const USAGE = `Puts CIFAR-100 where the lab finds it: data/${NAME}

  npm run data                      downloads the original (169 MB; CIFAR-100 states no licence, so the lab does not
                                    ship it) from ${HOME}
                                    and checks it; the same command goes on after a broken download
  npm run data -- --from FILE|URL   takes it from there: either archive, a zip of images, or, with one --from each,
                                    the two parquet files or train.bin and test.bin
  npm run data -- --to FOLDER       puts it there instead of data/`;

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Shows how far it is: rewritten in a terminal, one line every 20 MB elsewhere. */
function progressShown() {
  let shown = 0;
  return (done, total) => {
    const { isTTY } = process.stdout;
    if (isTTY ? Date.now() - shown <= 200 : done - shown <= 20e6) return;
    shown = isTTY ? Date.now() : done;
    const line = `  ${megabytes(done)}${total ? ` of ${megabytes(total)}` : ''}`;
    process.stdout.write(isTTY ? `\r${line}\x1b[K` : `${line}\n`);
  };
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        from: { type: 'string', multiple: true },
        to: { type: 'string', default: join(ROOT, 'data') },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values.help ? null : { sources: values.from, folder: resolve(values.to) };
  } catch (error) {
    throw new Refusal(`${error.message}\n\n${USAGE}`);
  }
}

/** The source as a file of this machine: itself, or a download in `folder`. */
async function localFile(source, folder) {
  if (/^https?:\/\//i.test(source)) {
    const path = join(folder, `.${basename(new URL(source).pathname) || 'download'}`);
    await download(source, path, { onProgress: progressShown() });
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
    return path;
  }
  const found = await stat(source).catch(() => null);
  if (found === null) throw new Refusal(`There is no file ${source}. Check the path.`);
  if (!found.isFile())
    throw new Refusal(`${source} is not a file. Expected a form of CIFAR-100; see --help.`);
  return source;
}

const load = async (path) =>
  (await runnerImport(join(ROOT, path), { configFile: false, root: ROOT, logLevel: 'error' })).module;

/** Whether a file is the binary archive already, told by the first name in it. */
async function isBinaryArchive(path) {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65536), 0, 65536, 0);
    if (buffer[0] !== 0x1f || buffer[1] !== 0x8b) return false;
    const inflating = createGunzip();
    inflating.on('error', () => undefined).write(buffer.subarray(0, bytesRead));
    const [head] = await inflating.take(1).toArray();
    inflating.destroy();
    return /binary|\.bin\0|_label_names\.txt/.test(head.subarray(0, 100).toString('latin1'));
  } finally {
    await file.close();
  }
}

/** Writes what the lab is served, from the files that were read. */
async function put(set, paths, target) {
  const partial = `${target}.${process.pid}.partial`;
  try {
    if (paths.length === 1 && (await isBinaryArchive(paths[0]))) await copyFile(paths[0], partial);
    else {
      const { binaryArchive } = await load('src/data/forms/write-archive.ts');
      await pipeline(Readable.from(binaryArchive(set)), createGzip(), createWriteStream(partial));
      console.log('Packed as the binary archive.');
    }
    await rename(partial, target);
  } finally {
    await rm(partial, { force: true });
  }
}

async function main() {
  const given = readArguments();
  if (given === null) return console.log(USAGE);
  const { folder, sources = [HOME] } = given;
  await mkdir(folder, { recursive: true });
  const target = join(folder, NAME);
  const paths = [];
  for (const source of sources) {
    console.log(`Reading ${source}`);
    paths.push(await localFile(source, folder));
  }
  const downloads = paths.filter((path, i) => path !== sources[i]);
  try {
    const digests = await Promise.all(paths.map(digestsOf));
    const original = digests.some(({ md5, sha256 }) => md5 === ORIGINAL.md5 && sha256 === ORIGINAL.sha256);
    if (given.sources === undefined && !original) {
      throw new Refusal(
        `${HOME} sent another file than the original: MD5 ${digests[0].md5}, expected ${ORIGINAL.md5}. Nothing was put ` +
          'in place. Try again, or name a mirror with --from URL.',
      );
    }
    const { readDataset } = await load('src/data/forms/read.ts');
    const files = await Promise.all(
      paths.map(async (path, i) => ({ path: basename(sources[i]), blob: await openAsBlob(path) })),
    );
    const set = await readDataset(files);
    const bytes = files.reduce((sum, { blob }) => sum + blob.size, 0);
    console.log(
      `${set.label}: ${set.train.count} training and ${set.test.count} test images, ${megabytes(bytes)}`,
    );
    for (const { md5, sha256 } of digests) console.log(`MD5     ${md5}\nSHA-256 ${sha256}`);
    if (original) console.log('This is the original archive.');
    else if (set.label === 'CIFAR-100')
      console.log('Complete, but packed differently from the original archive.');
    await put(set, paths, target);
    console.log(`Put at ${target}. Open the lab and choose Data set: CIFAR-100.`);
  } finally {
    for (const path of downloads) await rm(path, { force: true });
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  const expected = error instanceof Refusal || error?.name === 'DataError';
  console.error(expected ? error.message : `CIFAR-100 could not be put in place: ${error?.message ?? error}`);
  process.exit(1);
}
