/** Matches the tensors of a file with those of a network, by name and shape. */
import { t } from '../../language/language';
import type { NamedArray } from './safetensors';
import { fromTorchLayout, torchShape } from './torch-layout';

/** The file's tensors are not the network's. The message, for people, names those that are missing, superfluous or of another shape. */
export class TensorMismatchError extends Error {}

/** Number of tensors that a message names at most. */
const MAX_NAMES = 4;

const listed = (names: readonly string[]) => {
  const shown = names
    .slice(0, MAX_NAMES)
    .map((name) => name.replaceAll(/\p{C}/gu, '�').slice(0, 100))
    .join(', ');
  return names.length > MAX_NAMES
    ? t('{{names}} and {{more}} more', { names: shown, more: names.length - MAX_NAMES })
    : shown;
};

/**
 * The values of every tensor in `expected`, which lists names and shapes; values and shapes in the plan's layout. Tensors
 * for which `ignored` returns true may be in the file too. Throws TensorMismatchError where the tensors are not exactly these, or a number is not finite.
 */
export function valuesOfMatching(
  expected: readonly (readonly [string, readonly number[]])[],
  tensors: ReadonlyMap<string, NamedArray>,
  ignored: (name: string) => boolean,
): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  const missing: string[] = [];
  const reshaped: string[] = [];
  const unusable: string[] = [];
  for (const [name, shape] of expected) {
    const tensor = tensors.get(name);
    const wanted = torchShape(shape);
    if (!tensor) missing.push(name);
    else if (tensor.shape.join() !== wanted.join())
      reshaped.push(
        t('{{name}} ({{found}} instead of {{expected}})', {
          name,
          found: sizeOf(tensor.shape),
          expected: sizeOf(wanted),
        }),
      );
    else if (!tensor.data.every(Number.isFinite)) unusable.push(name);
    else values.set(name, fromTorchLayout(tensor.shape, new Float32Array(tensor.data)));
  }
  const known = new Set(expected.map(([name]) => name));
  const superfluous = [...tensors.keys()].filter((name) => !known.has(name) && !ignored(name));
  const problems = [
    ...(missing.length > 0 ? [t('missing: {{names}}', { names: listed(missing) })] : []),
    ...(superfluous.length > 0 ? [t('superfluous: {{names}}', { names: listed(superfluous) })] : []),
    ...(reshaped.length > 0 ? [t('of another shape: {{names}}', { names: listed(reshaped) })] : []),
    ...(unusable.length > 0
      ? [t('with numbers that are not finite: {{names}}', { names: listed(unusable) })]
      : []),
  ];
  if (problems.length > 0)
    throw new TensorMismatchError(
      t('Its tensors do not fit the network; {{problems}}.', {
        problems: problems.reduce((before, next) => t('{{before}}; {{next}}', { before, next })),
      }),
    );
  return values;
}

const sizeOf = (shape: readonly number[]) => (shape.length === 0 ? t('a number') : shape.join('x'));
