/** Finds results in pasted text, files of links, run records, zips of them, and photographs of QR codes. */
import type { DataFile } from '../../data/data-file';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { t } from '../../language/language';
import { messageOf } from '../../language/message-of';
import { readRunFiles } from '../../runs/files/read-run-files';
import { runFileKind, unpack } from '../../runs/files/recognise-files';
import { resultLink } from '../../runs/result-link';
import { ResultLinkError } from '../../runs/shared-result';
import { codesIn } from './read-codes';
import { takeResults, type Taken } from './class-store';

/** Greatest length of a text in characters; thirty links have a quarter of a million. */
const MOST_TEXT = 10_000_000;
/** Greatest size of a photograph. */
const MOST_BYTES = 60_000_000;

export interface Brought {
  text: string;
  /** Name of the source, for people. */
  what: string;
}

/** The values of `#r=` in a text, each with the name of its source. */
export function linksIn(text: string, from: string): Brought[] {
  const found = [...text.slice(0, MOST_TEXT).matchAll(/#r=([A-Za-z0-9_-]*)/g)];
  return found.map(([, value], i) => ({
    text: value!,
    what: found.length === 1 ? from : t('{{from}}, link {{number}}', { from, number: i + 1 }),
  }));
}

const noLink = () => t('expected a result link, with “#r=” in it, found none');

/** Imports the links of a text. */
export async function bringText(text: string, from: string): Promise<Taken> {
  const links = linksIn(text, from);
  const taken = await takeResults(links);
  return links.length > 0 ? taken : { ...taken, refused: [{ what: from, why: noLink() }] };
}

/** Reason, for the user, why a file is not imported. */
class Refusal extends Error {}

const isPicture = ({ path, blob }: DataFile) =>
  blob.type.startsWith('image/') || /\.(png|jpe?g|webp|gif|bmp|avif)$/i.test(path);

/** Imports files one by one; `onProgress` is called with the number of files done. */
export async function bringToClass(
  files: readonly DataFile[],
  onProgress: (done: number) => void,
): Promise<Taken> {
  const taken: Taken = { fresh: [], better: [], known: [], refused: [] };
  for (const [done, file] of files.entries()) {
    onProgress(done);
    const { links, refused } = await linksOf(file);
    const one = await takeResults(links);
    for (const how of ['fresh', 'better', 'known'] as const) taken[how].push(...one[how]);
    taken.refused.push(...refused, ...one.refused);
  }
  return taken;
}

async function linksOf(file: DataFile): Promise<{ links: Brought[]; refused: Taken['refused'] }> {
  const { path, blob } = file;
  const refuse = (why: string) => ({ links: [], refused: [{ what: path, why }] });
  try {
    if (isPicture(file)) return { links: await linksInPicture(file), refused: [] };
    if ((await runFileKind(file)) !== null) return await linksOfRuns(file);
    if (blob.size > MOST_TEXT)
      return refuse(
        t('expected a result link, with “#r=” in it, found none: its {{size}} bytes are no list of links', {
          size: blob.size.toLocaleString('en'),
        }),
      );
    const links = linksIn(await blob.text(), path);
    return links.length > 0 ? { links, refused: [] } : refuse(noLink());
  } catch (error) {
    return refuse(messageOf(error));
  }
}

async function linksInPicture({ path, blob }: DataFile): Promise<Brought[]> {
  if (blob.size > MOST_BYTES)
    throw new Refusal(
      t('expected a photograph of at most {{most}} MB, found {{found}} MB', {
        most: MOST_BYTES / 1e6,
        found: (blob.size / 1e6).toFixed(0),
      }),
    );
  let image: ImageBitmap;
  try {
    image = await createImageBitmap(blob);
  } catch {
    throw new Refusal(t('expected a picture that the browser can open, found something else'));
  }
  try {
    const codes = await codesIn(image, 'photograph');
    if (codes.length === 0)
      throw new Refusal(
        t('expected a QR code, found none that can be read; take the picture closer, straight and sharp'),
      );
    const links = codes.flatMap((code) => linksIn(code, path));
    if (links.length === 0)
      throw new Refusal(
        t('expected the QR code of a result, found one without: {{text}}', { text: codes[0]!.slice(0, 80) }),
      );
    return links;
  } finally {
    image.close();
  }
}

/** Converts records, and archives of them, into result links, so that all results of a class have one format. */
async function linksOfRuns(file: DataFile): Promise<{ links: Brought[]; refused: Taken['refused'] }> {
  const unpacked = await unpack([file]);
  const records = unpacked.found.filter(({ kind }) => kind === 'record');
  const read = await readRunFiles(records, DEFAULT_EXPERIMENT);
  const refused = [...unpacked.refused, ...read.refused].map(({ file: what, reason }) => ({
    what,
    why: reason,
  }));
  const links: Brought[] = [];
  for (const { run, appVersion } of read.runs) {
    try {
      links.push({ text: resultLink(run, appVersion), what: run.name });
    } catch (error) {
      if (!(error instanceof ResultLinkError)) throw error;
      refused.push({ what: run.name, why: error.message });
    }
  }
  if (links.length + refused.length === 0)
    refused.push({ what: file.path, why: t('expected the record of a run, found none in it') });
  return { links, refused };
}
