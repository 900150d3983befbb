/**
 * Which files of an archive or folder are of CIFAR-100, and where they go. One place for all containers: tar, zip, dropped
 * folders.
 */
import { GrowingSet, HINT, type Assembly, type PartName } from './assemble';
import { recordSink } from './binary-form';
import { CIFAR100_COARSE_OF_FINE, fineLabelOf } from './cifar100-names';
import { DataError, grouped } from './data-error';
import { checkPath, wholeFile, type Entry, type EntrySink } from './entry';
import { decodePng, PNG_LIMIT } from './png';
import { takePickle } from './python-form';

const NAMES_LIMIT = 65536;
/** Bytes that all files of an archive may unpack to; the largest form, a pickle written by Python 3, has 270 MB. */
export const UNPACKED_LIMIT = 300e6;
/** The image folder has 60,000 files in 202 folders. */
export const FILES_LIMIT = 70000;

export class Contents {
  private readonly seen: string[] = [];
  private readonly images: Partial<Record<PartName, GrowingSet>> = {};
  private files = 0;
  private unpacked = 0;

  /** imagesExpected: how many images a folder may have, where that is known. */
  constructor(
    private readonly assembly: Assembly,
    private readonly imagesExpected = 1000,
  ) {}

  /** Where a file's content goes; null where it is of no interest. Throws DataError where it cannot be used. */
  open(entry: Entry): EntrySink | null {
    const parts = checkPath(entry.path).split('/');
    if (parts.some((part) => part.startsWith('.') || part === '__MACOSX')) return null;
    this.files++;
    this.unpacked += entry.size;
    if (this.files > FILES_LIMIT)
      throw new DataError(
        `The archive has more than ${grouped(FILES_LIMIT)} files; CIFAR-100 has 60,000. ${HINT}`,
      );
    if (this.unpacked > UNPACKED_LIMIT)
      throw new DataError(`The archive unpacks to more than 300 MB; CIFAR-100 has 185 MB. ${HINT}`);
    const name = parts.at(-1)!;
    if (this.seen.length < 20) this.seen.push(name);
    switch (name) {
      case 'train.bin':
      case 'test.bin':
        return recordSink(entry, name === 'train.bin' ? 'train' : 'test', this.assembly);
      case 'fine_label_names.txt':
      case 'coarse_label_names.txt':
        return this.names(entry, name.startsWith('fine') ? 'fine' : 'coarse');
      case 'train':
      case 'test':
      case 'meta':
        return wholeFile(entry, (bytes) =>
          takePickle(bytes, name, name === 'meta' ? null : name, this.assembly),
        );
      default:
        return /\.(png|jpe?g|webp|gif|bmp)$/i.test(name) ? this.image(entry, parts) : null;
    }
  }

  /** Hands the images of folders over, once all files have been seen. */
  finish(): void {
    for (const part of ['train', 'test'] as const) {
      const images = this.images[part];
      if (images) this.assembly.take(`The folder ${part}`, part, images.finish());
    }
  }

  /** What to tell where images lack. */
  readonly missing = (parts: readonly PartName[]): DataError => {
    const lacking = `The data lacks ${parts.map((part) => `${part}.bin`).join(' and ')} (or the same in another form)`;
    if (this.seen.some((name) => name.startsWith('data_batch')))
      return new DataError(`${lacking}: this is CIFAR-10, which has other classes. ${HINT}`);
    const found = this.seen.length === 0 ? 'no files' : this.seen.slice(0, 5).join(', ');
    const both = parts.length === 1 ? ' Choose training and test images together.' : '';
    return new DataError(`${lacking}; found ${found}.${both} ${HINT}`);
  };

  private names(entry: Entry, kind: 'fine' | 'coarse'): EntrySink {
    const name = entry.path.split('/').at(-1)!;
    if (entry.size > NAMES_LIMIT)
      throw new DataError(
        `${name} has ${grouped(entry.size)} bytes; a short list of names was expected. ${HINT}`,
      );
    return wholeFile(entry, (bytes) => {
      const lines = new TextDecoder()
        .decode(bytes)
        .split('\n')
        .map((line) => line.trim());
      this.assembly.takeNames(
        name,
        kind,
        lines.filter((line) => line !== ''),
      );
    });
  }

  private image(entry: Entry, parts: readonly string[]): EntrySink {
    const [part, className = ''] = parts.slice(-3);
    if (parts.length < 3 || (part !== 'train' && part !== 'test'))
      throw new DataError(
        `The image ${entry.path} lies in neither train/CLASS/ nor test/CLASS/, so its class is not known. ${HINT}`,
      );
    const fine = fineLabelOf(className);
    if (fine < 0)
      throw new DataError(
        `CIFAR-100 has no class “${className.slice(0, 60)}” (folder of ${entry.path.slice(0, 200)}). Name the folders as its classes: apple, aquarium_fish, … worm.`,
      );
    if (!/\.png$/i.test(entry.path))
      throw new DataError(`${entry.path} is no PNG. Expected PNG images; other formats change the pixels.`);
    if (entry.size > PNG_LIMIT)
      throw new DataError(
        `${entry.path} has ${grouped(entry.size)} bytes; a PNG of 32x32 pixels has about 2,400.`,
      );
    return wholeFile(entry, (bytes) => {
      const set = (this.images[part] ??= new GrowingSet(part, this.imagesExpected));
      decodePng(bytes, set.add(fine, CIFAR100_COARSE_OF_FINE[fine]!), entry.path);
    });
  }
}
