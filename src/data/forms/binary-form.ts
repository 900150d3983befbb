/** The binary form of CIFAR-100: records of two labels and an image. Each image is copied once, into the data set. */
import { t } from '../../language/language';
import { checkedLabel, emptySet, notCifar100, requireCount, type Assembly, type PartName } from './assemble';
import { grouped } from '../data-error';
import { IMAGE_BYTES } from '../dataset';
import type { Entry, EntrySink } from './entry';

/** Bytes of a record: coarse label, fine label, image. */
export const RECORD_BYTES = 2 + IMAGE_BYTES;

/** Reads the records of train.bin or test.bin from a stream. Throws DataError if there are none, or other records. */
export function recordSink({ path, size }: Entry, part: PartName, into: Assembly): EntrySink {
  const name = path.split('/').at(-1)!;
  if (into.has(part)) throw notCifar100(t('The data has {{name}} twice.', { name }));
  if (size % RECORD_BYTES !== 0) {
    throw notCifar100(
      t(
        '{{name}} has {{size}} bytes, which is no multiple of 3,074 (one record: two labels and 32x32x3 bytes).',
        { name, size: grouped(size) },
      ),
    );
  }
  const records = size / RECORD_BYTES;
  requireCount(name, part, records);
  const set = emptySet(records);
  let record = 0;
  let offset = 0;
  return {
    write(bytes) {
      let at = 0;
      while (at < bytes.length) {
        if (offset === 0) {
          set.coarse[record] = checkedLabel(name, record, 'coarse', bytes[at++]);
          offset = 1;
        } else if (offset === 1) {
          set.fine[record] = checkedLabel(name, record, 'fine', bytes[at++]);
          offset = 2;
        } else {
          const taken = Math.min(RECORD_BYTES - offset, bytes.length - at);
          set.images.set(bytes.subarray(at, at + taken), record * IMAGE_BYTES + offset - 2);
          at += taken;
          offset += taken;
          if (offset === RECORD_BYTES) {
            offset = 0;
            record++;
          }
        }
      }
    },
    end: () => into.take(name, part, set),
  };
}

/** Whether a file of `size` bytes that begins with `head` may be records: the labels in `head` are in range. */
export const looksLikeRecords = (head: Uint8Array, size: number): boolean =>
  size % RECORD_BYTES === 0 && head.length >= 2 && head[0]! < 20 && head[1]! < 100;
