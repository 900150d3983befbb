/**
 * npm run data -- --from FILE|URL: puts CIFAR-100's binary archive where the served lab finds it
 * (data/cifar-100-binary.tar.gz), after reading it through with the page's own reader.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, openAsBlob } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const TARGET = `${ROOT}data/cifar-100-binary.tar.gz`;
const HOME = 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz';
const MOST_BYTES = 400e6;
/** The original archive. */
const ORIGINAL = {
  md5: '03b5dce01913d631647c71ecec9e9cb8',
  sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
};

const USAGE = `Puts CIFAR-100 where the lab finds it: data/cifar-100-binary.tar.gz

  npm run data -- --from FILE   copies an archive you have
  npm run data -- --from URL    downloads one

The original (169 MB; CIFAR-100 states no licence, so the lab does not ship it):

  npm run data -- --from ${HOME}`;

class Refusal extends Error {}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

function readArguments(args) {
  if (args.includes('--help') || args.includes('-h')) return null;
  if (args.length === 1 && args[0].startsWith('--from=')) return args[0].slice('--from='.length);
  if (args.length === 2 && args[0] === '--from' && args[1] !== '') return args[1];
  throw new Refusal(
    args.length === 0 ? USAGE : `Expected --from FILE|URL; found: ${args.join(' ')}\n\n${USAGE}`,
  );
}

/** A stream of the source's bytes, and how many there will be where that is known. */
async function open(from) {
  if (!/^https?:\/\//i.test(from)) {
    const found = await stat(from).catch(() => null);
    if (found === null) throw new Refusal(`There is no file ${from}. Check the path.`);
    if (!found.isFile()) throw new Refusal(`${from} is not a file. Expected cifar-100-binary.tar.gz.`);
    return { stream: createReadStream(from), total: found.size };
  }
  let response;
  try {
    response = await fetch(from);
  } catch (error) {
    throw new Refusal(
      `${from} could not be reached (${error.cause?.message ?? error.message}). Check the address and the connection.`,
    );
  }
  if (!response.ok || response.body === null) {
    throw new Refusal(
      `${from} answered with HTTP ${response.status} ${response.statusText}. Check the address.`,
    );
  }
  return {
    stream: Readable.fromWeb(response.body),
    total: Number(response.headers.get('content-length')) || undefined,
  };
}

/** Copies the source to a file; returns its digests. */
async function copy({ stream, total }, target) {
  const hashes = { md5: createHash('md5'), sha256: createHash('sha256') };
  let done = 0;
  let shown = 0;
  const meter = new Transform({
    transform(chunk, _encoding, callback) {
      done += chunk.length;
      if (done > MOST_BYTES)
        return callback(
          new Refusal('More than 400 MB; the archive has 169 MB. Use the binary form of CIFAR-100.'),
        );
      hashes.md5.update(chunk);
      hashes.sha256.update(chunk);
      if (process.stdout.isTTY ? Date.now() - shown > 200 : done - shown > 20e6) {
        shown = process.stdout.isTTY ? Date.now() : done;
        const line = `  ${megabytes(done)}${total ? ` of ${megabytes(total)}` : ''}`;
        process.stdout.write(process.stdout.isTTY ? `\r${line}` : `${line}\n`);
      }
      callback(null, chunk);
    },
  });
  await pipeline(stream, meter, createWriteStream(target));
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  return { bytes: done, md5: hashes.md5.digest('hex'), sha256: hashes.sha256.digest('hex') };
}

async function main() {
  const from = readArguments(process.argv.slice(2));
  if (from === null) return console.log(USAGE);
  const source = await open(from);
  await mkdir(`${ROOT}data`, { recursive: true });
  const partial = `${TARGET}.${process.pid}.partial`;
  try {
    console.log(`Reading ${from}`);
    const { bytes, md5, sha256 } = await copy(source, partial);
    const { module } = await runnerImport(`${ROOT}src/data/archive.ts`, {
      configFile: false,
      root: ROOT,
      logLevel: 'error',
    });
    const set = await module.readCifarArchive(await openAsBlob(partial));
    console.log(
      `${set.label}: ${set.train.count} training and ${set.test.count} test images, ${megabytes(bytes)}`,
    );
    console.log(`MD5     ${md5}\nSHA-256 ${sha256}`);
    if (set.label === 'CIFAR-100') {
      const original = md5 === ORIGINAL.md5 && sha256 === ORIGINAL.sha256;
      console.log(
        original
          ? 'This is the original archive.'
          : 'Complete, but packed differently from the original archive.',
      );
    }
    await rename(partial, TARGET);
    console.log(`Put at ${TARGET}. Open the lab and choose Data set: CIFAR-100.`);
  } finally {
    await rm(partial, { force: true });
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  const expected = error instanceof Refusal || error?.name === 'DataError';
  console.error(
    expected ? error.message : `The archive could not be put in place: ${error?.message ?? error}`,
  );
  process.exit(1);
}
