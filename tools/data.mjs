/**
 * npm run data: puts CIFAR-100 where the served lab finds it (data/cifar-100-binary.tar.gz). The source is the original
 * archive, downloaded and verified, or any form of the data set that the page can read, from files or mirrors. Every source
 * is read completely with the page's own reader before it is put in place.
 */
import { createWriteStream, openAsBlob } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import process from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGunzip, createGzip } from 'node:zlib';
import { messageOf } from './command-line.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { digestsOf, download, Refusal } from './download.mjs';
import { loadModule } from './load-module.mjs';
import { ROOT } from './root.mjs';

const NAME = 'cifar-100-binary.tar.gz';
const ORIGINAL_URL = `https://www.cs.toronto.edu/~kriz/${NAME}`;
const ORIGINAL_DIGESTS = {
  md5: '03b5dce01913d631647c71ecec9e9cb8',
  sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
};

const USAGE = `Puts CIFAR-100 where the lab finds it: data/${NAME}

  npm run data                      downloads the original (169 MB; CIFAR-100 states no licence, so the lab does not
                                    ship it) from ${ORIGINAL_URL}
                                    and verifies it; run the same command again to resume a broken download
  npm run data -- --from FILE|URL   reads it from there: either archive, a zip of images, or, with one --from each,
                                    the two parquet files or train.bin and test.bin
  npm run data -- --to FOLDER       puts it there instead of in data/`;

/** @typedef {import('../src/data/dataset').Dataset} Dataset */

const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/**
 * A function that prints a download's progress: on one line that it rewrites in a terminal, else one line per 20 MB.
 * @returns {import('./download.mjs').OnProgress}
 */
function progressPrinter() {
  let printed = 0;
  return (done, total) => {
    const { isTTY } = process.stdout;
    if (isTTY ? Date.now() - printed <= 200 : done - printed <= 20e6) return;
    printed = isTTY ? Date.now() : done;
    const line = `  ${megabytes(done)}${total ? ` of ${megabytes(total)}` : ''}`;
    process.stdout.write(isTTY ? `\r${line}\x1b[K` : `${line}\n`);
  };
}

/** The command's options; null if its help is wanted. Throws Refusal if they are wrong. */
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
    throw new Refusal(`${messageOf(error)}\n\n${USAGE}`);
  }
}

/**
 * The path of a source's content on this machine: the source itself, or its download in `folder`.
 * @param {string} source path or URL
 * @param {string} folder
 */
async function localFile(source, folder) {
  if (/^https?:\/\//i.test(source)) {
    const path = join(folder, `.${basename(new URL(source).pathname) || 'download'}`);
    await download(source, path, { onProgress: progressPrinter() });
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
    return path;
  }
  const found = await stat(source).catch(() => null);
  if (found === null) throw new Refusal(`There is no file ${source}. Check the path.`);
  if (!found.isFile())
    throw new Refusal(`${source} is not a file. Expected a form of CIFAR-100; see --help.`);
  return source;
}

/** Whether a file is the binary archive already, judged by the first name in it. */
async function isBinaryArchive(/** @type {string} */ path) {
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

/**
 * Writes the archive that the lab is served: a copy of the source if it is one already, else the data set packed as one.
 * @param {Dataset} set
 * @param {string[]} paths of the files from which the set was read
 * @param {string} target
 */
async function writeArchive(set, paths, target) {
  const partial = `${target}.${process.pid}.partial`;
  try {
    const [path] = paths;
    if (path !== undefined && paths.length === 1 && (await isBinaryArchive(path)))
      await copyFile(path, partial);
    else {
      const { binaryArchive } = /** @type {typeof import('../src/data/forms/write-archive')} */ (
        await loadModule('src/data/forms/write-archive.ts')
      );
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
  ensureDependencies();
  const { folder, sources = [ORIGINAL_URL] } = given;
  await mkdir(folder, { recursive: true });
  const target = join(folder, NAME);
  /** @type {{ source: string; path: string }[]} */
  const inputs = [];
  for (const source of sources) {
    console.log(`Reading ${source}`);
    inputs.push({ source, path: await localFile(source, folder) });
  }
  try {
    const digests = await Promise.all(inputs.map(({ path }) => digestsOf(path)));
    const isOriginal = digests.some(
      ({ md5, sha256 }) => md5 === ORIGINAL_DIGESTS.md5 && sha256 === ORIGINAL_DIGESTS.sha256,
    );
    if (given.sources === undefined && !isOriginal) {
      throw new Refusal(
        `${ORIGINAL_URL} sent another file than the original: MD5 ${digests[0]?.md5}, expected ` +
          `${ORIGINAL_DIGESTS.md5}. Nothing was put in place. Try again, or name a mirror with --from URL.`,
      );
    }
    const { readDataset } = /** @type {typeof import('../src/data/forms/read')} */ (
      await loadModule('src/data/forms/read.ts')
    );
    const files = await Promise.all(
      inputs.map(async ({ source, path }) => ({ path: basename(source), blob: await openAsBlob(path) })),
    );
    const { messageInEnglish } = /** @type {typeof import('../src/language/message')} */ (
      await loadModule('src/language/message.ts')
    );
    const set = await readDataset(files);
    const bytes = files.reduce((sum, { blob }) => sum + blob.size, 0);
    console.log(
      `${messageInEnglish(set.label)}: ${set.train.count} training and ${set.test.count} test images, ${megabytes(bytes)}`,
    );
    for (const { md5, sha256 } of digests) console.log(`MD5     ${md5}\nSHA-256 ${sha256}`);
    if (isOriginal) console.log('This is the original archive.');
    else if (set.label.id === 'data.cifar100')
      console.log('Complete, but packed differently from the original archive.');
    await writeArchive(
      set,
      inputs.map(({ path }) => path),
      target,
    );
    console.log(`Put at ${target}. Open the lab and choose Data set: CIFAR-100.`);
  } finally {
    for (const { source, path } of inputs) if (path !== source) await rm(path, { force: true });
  }
}

/** Whether a message is for the user: thrown by this command, or by the reader (DataError, loaded as a separate module). */
const isExpected = (/** @type {unknown} */ error) =>
  error instanceof Refusal || (error instanceof Error && error.name === 'DataError');

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(
    isExpected(error) ? messageOf(error) : `CIFAR-100 could not be put in place: ${messageOf(error)}`,
  );
  process.exit(1);
}
