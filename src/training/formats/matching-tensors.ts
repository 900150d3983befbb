/** Tensors of a file, matched by name and shape to those that a network has. */
import { t } from '../../language/language';
import type { NamedArray } from './safetensors';
import { fromTorchLayout, torchShape } from './torch-layout';

/** The file's tensors are not the network's. The message, for people, names what is missing, superfluous or of another shape. */
export class MisfitError extends Error {}

/** Tensors that are named in a message. */
const NAMED = 4;

const listed = (names: readonly string[]) => {
  const shown = names
    .slice(0, NAMED)
    .map((name) => name.replaceAll(/\p{C}/gu, '�').slice(0, 100))
    .join(', ');
  return names.length > NAMED
    ? t('{{names}} and {{more}} more', { names: shown, more: names.length - NAMED })
    : shown;
};

/**
 * The values in our layout, of every tensor that `expected` names with its shape in our layout. What `ignored` says yes to
 * may be there besides. Throws MisfitError where the tensors are not exactly these, or a number is not finite.
 */
export function fittingValues(
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
    throw new MisfitError(
      t('Its tensors do not fit the network; {{problems}}.', {
        problems: problems.reduce((before, next) => t('{{before}}; {{next}}', { before, next })),
      }),
    );
  return values;
}

const sizeOf = (shape: readonly number[]) => (shape.length === 0 ? t('a number') : shape.join('x'));
