/** What small shaders on vectors and kernels are made of: one thread an element. */
import { ENTRY, groupsFor, INDEX, type Binding, type Shader } from './gpu';

/** One thread for each of `count` elements; `code` sees its number as i. */
export function each(
  label: string,
  count: number,
  bindings: readonly Binding[],
  code: string,
  before = '',
): Shader {
  return {
    label,
    bindings,
    groups: groupsFor(count),
    code: `${before}
${ENTRY} {
  ${INDEX}
  if (i >= ${count}u) { return; }
  ${code}
}`,
  };
}

/** A number as WGSL has it. */
export const f = (value: number) => `f32(${value})`;
