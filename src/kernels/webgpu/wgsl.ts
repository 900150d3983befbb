/** Building blocks of shaders: one thread per element, number literals, repeated lines. */
import type { Binding, Shader } from './shader';

/** Greatest number of workgroups per dimension. */
const MOST_GROUPS = 65_535;
/** Size of a workgroup with one element per thread. */
const THREADS = 64;

/** Numbers of workgroups for `count` threads, one per element, in two dimensions if one does not suffice. See INDEX. */
function groupsFor(count: number): readonly [number, number, number] {
  const groups = Math.ceil(count / THREADS);
  if (groups <= MOST_GROUPS) return [groups, 1, 1];
  const rows = Math.ceil(groups / MOST_GROUPS);
  return [Math.ceil(groups / rows), rows, 1];
}

/** WGSL of a thread's element in the grid of groupsFor. */
const INDEX = `let i = (group.y * count.x + group.x) * ${THREADS}u + local.x;`;
const ENTRY = `@compute @workgroup_size(${THREADS})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
)`;

/** A shader with one thread for each of `count` elements; `code` uses the index `i`. */
export function each(label: string, count: number, bindings: readonly Binding[], code: string): Shader {
  return {
    label,
    bindings,
    groups: groupsFor(count),
    code: `${ENTRY} {
  ${INDEX}
  if (i >= ${count}u) { return; }
  ${code}
}`,
  };
}

/** A number as a WGSL literal. */
export const f = (value: number) => `f32(${value})`;

/** The results of `make` for 0 … count − 1, often lines of code. */
export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
