/** The python form of CIFAR-100 (what torchvision leaves on disks): pickles `train`, `test` and `meta`. */
import { checkedLabel, HINT, requireCount, type Assembly, type PartName } from './assemble';
import { CIFAR100_COARSE_OF_FINE } from './cifar100-names';
import { DataError, grouped } from './data-error';
import { IMAGE_BYTES } from './dataset';
import { readPickle } from './pickle';
import { PickleArray, textOf, type PickleValue } from './pickle-values';

/**
 * Takes a pickle's images or names into the assembly; which they are is read from its content, `expected` only where it
 * does not say. The images stay where they are in `bytes`. Throws DataError where it is not of CIFAR-100.
 */
export function takePickle(bytes: Uint8Array, name: string, expected: PartName | null, into: Assembly): void {
  const root = readPickle(bytes, name);
  if (!(root instanceof Map)) throw new DataError(`${name} is a pickle, but no dictionary. ${HINT}`);
  if (root.has('fine_label_names')) {
    for (const kind of ['fine', 'coarse'] as const) {
      const names = root.get(`${kind}_label_names`);
      if (names !== undefined)
        into.takeNames(
          `${name}, ${kind}_label_names`,
          kind,
          listOf(names, name).map((n) => textOf(n) ?? ''),
        );
    }
    return;
  }
  if (!root.has('data') || !root.has('fine_labels')) {
    const cifar10 = root.has('labels') ? ' This is CIFAR-10, which has other classes.' : '';
    const keys = [...root.keys()].slice(0, 6).map((key) => key.slice(0, 40));
    throw new DataError(
      `${name} has the keys ${keys.join(', ') || 'of an empty dictionary'}; data and fine_labels were expected.${cifar10} ${HINT}`,
    );
  }
  const part = partOf(textOf(root.get('batch_label')), expected, name);
  takeImages(root, name, part, into);
}

function partOf(batchLabel: string | null, expected: PartName | null, name: string): PartName {
  if (batchLabel?.startsWith('train')) return 'train';
  if (batchLabel?.startsWith('test')) return 'test';
  if (expected !== null) return expected;
  throw new DataError(
    `${name} does not say whether it has training or test images; name it train or test. ${HINT}`,
  );
}

function listOf(value: PickleValue | undefined, name: string): PickleValue[] {
  if (Array.isArray(value)) return value;
  throw new DataError(`${name}: a list was expected for its labels or names. ${HINT}`);
}

function takeImages(root: Map<string, PickleValue>, name: string, part: PartName, into: Assembly): void {
  const data = root.get('data');
  const [count = NaN, width, ...more] = data instanceof PickleArray ? (data.shape ?? []) : [];
  const plain =
    data instanceof PickleArray &&
    /^\|?(u1|uint8|B)$/.test(data.dtype) &&
    (!data.columnMajor || count <= 1) &&
    width === IMAGE_BYTES &&
    more.length === 0;
  if (!plain || data.data?.length !== count * IMAGE_BYTES) {
    const found =
      data instanceof PickleArray
        ? `${data.dtype || 'unknown'} [${(data.shape ?? []).join(', ')}] with ${grouped(data.data?.length ?? 0)} bytes`
        : 'something else';
    throw new DataError(
      `${name}: data was expected to be a numpy array of bytes [images, 3072], row by row; found ${found}. ${HINT}`,
    );
  }
  requireCount(name, part, count);
  const labels = (kind: 'fine' | 'coarse', values: PickleValue[]) => {
    if (values.length !== count)
      throw new DataError(
        `${name} has ${grouped(count)} images, but ${grouped(values.length)} ${kind} labels. ${HINT}`,
      );
    return Uint8Array.from(values, (value, i) => checkedLabel(name, i, kind, value));
  };
  const fine = labels('fine', listOf(root.get('fine_labels'), name));
  const coarse = root.has('coarse_labels')
    ? labels('coarse', listOf(root.get('coarse_labels'), name))
    : fine.map((label) => CIFAR100_COARSE_OF_FINE[label]!);
  into.take(name, part, { count, images: data.data, fine, coarse });
}
