/** The Python form of CIFAR-100, which torchvision downloads: the pickles `train`, `test` and `meta`. */
import { t } from '../../language/language';
import { checkedLabel, notCifar100, requireCount, type Assembly, type PartName } from './assemble';
import { CIFAR100_COARSE_OF_FINE } from '../cifar100-names';
import { grouped } from '../data-error';
import { IMAGE_BYTES } from '../dataset';
import { readPickle } from './pickle';
import { PickleArray, textOf, type PickleValue } from './pickle-values';

/**
 * Adds the images or names of a pickle to the assembly. Its content says which part it is; `expected` is used if it does
 * not. The images are not copied out of `bytes`. Throws DataError if the pickle is not part of CIFAR-100.
 */
export function takePickle(bytes: Uint8Array, name: string, expected: PartName | null, into: Assembly): void {
  const root = readPickle(bytes, name);
  if (!(root instanceof Map)) throw notCifar100(t('{{name}} is a pickle, but no dictionary.', { name }));
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
    const cifar10 = root.has('labels') ? t('This is CIFAR-10, which has other classes.') : '';
    const keys = [...root.keys()].slice(0, 6).map((key) => key.slice(0, 40));
    throw notCifar100(
      keys.length === 0
        ? t('{{name}} has the keys of an empty dictionary; data and fine_labels were expected.', { name })
        : t('{{name}} has the keys {{keys}}; data and fine_labels were expected.', {
            name,
            keys: keys.join(', '),
          }),
      cifar10,
    );
  }
  const part = partOf(textOf(root.get('batch_label')), expected, name);
  takeImages(root, name, part, into);
}

function partOf(batchLabel: string | null, expected: PartName | null, name: string): PartName {
  if (batchLabel?.startsWith('train')) return 'train';
  if (batchLabel?.startsWith('test')) return 'test';
  if (expected !== null) return expected;
  throw notCifar100(
    t('{{name}} does not say whether it has training or test images; name it train or test.', { name }),
  );
}

function listOf(value: PickleValue | undefined, name: string): PickleValue[] {
  if (Array.isArray(value)) return value;
  throw notCifar100(t('{{name}}: a list was expected for its labels or names.', { name }));
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
    throw notCifar100(
      data instanceof PickleArray
        ? t(
            '{{name}}: data was expected to be a numpy array of bytes [images, 3072], row by row; found {{type}} [{{shape}}] with {{size}} bytes.',
            {
              name,
              type: data.dtype || t('unknown'),
              shape: (data.shape ?? []).join(', '),
              size: grouped(data.data?.length ?? 0),
            },
          )
        : t(
            '{{name}}: data was expected to be a numpy array of bytes [images, 3072], row by row; found something else.',
            { name },
          ),
    );
  }
  requireCount(name, part, count);
  const labels = (kind: 'fine' | 'coarse', values: PickleValue[]) => {
    if (values.length !== count)
      throw notCifar100(
        t('{{name}} has {{images}} images, but {{labels}} {{kind}} labels.', {
          name,
          images: grouped(count),
          labels: grouped(values.length),
          kind,
        }),
      );
    return Uint8Array.from(values, (value, i) => checkedLabel(name, i, kind, value));
  };
  const fine = labels('fine', listOf(root.get('fine_labels'), name));
  const coarse = root.has('coarse_labels')
    ? labels('coarse', listOf(root.get('coarse_labels'), name))
    : fine.map((label) => CIFAR100_COARSE_OF_FINE[label]!);
  into.take(name, part, { count, images: data.data, fine, coarse });
}
