/**
 * Decides which files of an archive or folder belong to CIFAR-100 and which reader takes each. Shared by all containers:
 * tar, zip, dropped folders.
 */
import { t } from '../../language/language';
import { GrowingSet, notCifar100, type Assembly, type PartName } from './assemble';
import { recordSink } from './binary-form';
import { CIFAR100_COARSE_OF_FINE, fineLabelOf } from '../cifar100-names';
import { DataError, grouped } from '../data-error';
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

  /** imagesExpected: the number of images in a folder, if known. */
  constructor(
    private readonly assembly: Assembly,
    private readonly imagesExpected = 1000,
  ) {}

  /** The reader of a file's content; null if the file is ignored. Throws DataError if it cannot be used. */
  open(entry: Entry): EntrySink | null {
    const parts = checkPath(entry.path).split('/');
    if (parts.some((part) => part.startsWith('.') || part === '__MACOSX')) return null;
    this.files++;
    this.unpacked += entry.size;
    if (this.files > FILES_LIMIT)
      throw notCifar100(
        t('The archive has more than {{limit}} files; CIFAR-100 has 60,000.', {
          limit: grouped(FILES_LIMIT),
        }),
      );
    if (this.unpacked > UNPACKED_LIMIT)
      throw notCifar100(t('The archive unpacks to more than 300 MB; CIFAR-100 has 185 MB.'));
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

  /** Passes on the images of folders after all files have been read. */
  finish(): void {
    for (const part of ['train', 'test'] as const) {
      const images = this.images[part];
      if (images) this.assembly.take(t('The folder {{part}}', { part }), part, images.finish());
    }
  }

  /** The error message for missing images. */
  readonly missing = (parts: readonly PartName[]): DataError => {
    const values = {
      first: `${parts[0]}.bin`,
      second: `${parts[1]}.bin`,
      found: this.seen.slice(0, 5).join(', '),
    };
    const both = parts.length > 1;
    if (this.seen.some((name) => name.startsWith('data_batch')))
      return notCifar100(
        both
          ? t(
              'The data lacks {{first}} and {{second}} (or the same in another form): this is CIFAR-10, which has other classes.',
              values,
            )
          : t(
              'The data lacks {{first}} (or the same in another form): this is CIFAR-10, which has other classes.',
              values,
            ),
      );
    if (both)
      return notCifar100(
        values.found === ''
          ? t(
              'The data lacks {{first}} and {{second}} (or the same in another form); found no files.',
              values,
            )
          : t(
              'The data lacks {{first}} and {{second}} (or the same in another form); found {{found}}.',
              values,
            ),
      );
    return notCifar100(
      values.found === ''
        ? t('The data lacks {{first}} (or the same in another form); found no files.', values)
        : t('The data lacks {{first}} (or the same in another form); found {{found}}.', values),
      t('Choose training and test images together.'),
    );
  };

  private names(entry: Entry, kind: 'fine' | 'coarse'): EntrySink {
    const name = entry.path.split('/').at(-1)!;
    if (entry.size > NAMES_LIMIT)
      throw notCifar100(
        t('{{name}} has {{size}} bytes; a short list of names was expected.', {
          name,
          size: grouped(entry.size),
        }),
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
      throw notCifar100(
        t('The image {{path}} lies in neither train/CLASS/ nor test/CLASS/, so its class is not known.', {
          path: entry.path,
        }),
      );
    const fine = fineLabelOf(className);
    if (fine < 0)
      throw new DataError(
        t(
          'CIFAR-100 has no class “{{name}}” (folder of {{path}}). Name the folders as its classes: apple, aquarium_fish, … worm.',
          { name: className.slice(0, 60), path: entry.path.slice(0, 200) },
        ),
      );
    if (!/\.png$/i.test(entry.path))
      throw new DataError(
        t('{{path}} is no PNG. Expected PNG images; other formats change the pixels.', { path: entry.path }),
      );
    if (entry.size > PNG_LIMIT)
      throw new DataError(
        t('{{path}} has {{size}} bytes; a PNG of 32x32 pixels has about 2,400.', {
          path: entry.path,
          size: grouped(entry.size),
        }),
      );
    return wholeFile(entry, (bytes) => {
      const set = (this.images[part] ??= new GrowingSet(part, this.imagesExpected));
      decodePng(bytes, set.add(fine, CIFAR100_COARSE_OF_FINE[fine]!), () => entry.path);
    });
  }
}
