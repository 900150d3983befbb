/** Pieces that shaders are made of: one thread an element, numbers, lines that repeat. */
import type { Binding, Shader } from './shader';

/** Workgroups in one direction at most. */
const MOST_GROUPS = 65_535;
/** Of a workgroup in which each thread has one element. */
const THREADS = 64;

/** Workgroups for so many threads, one thread an element, in two directions where one does not suffice. See INDEX. */
function groupsFor(count: number): readonly [number, number, number] {
  const groups = Math.ceil(count / THREADS);
  if (groups <= MOST_GROUPS) return [groups, 1, 1];
  const rows = Math.ceil(groups / MOST_GROUPS);
  return [Math.ceil(groups / rows), rows, 1];
}

/** The thread's element in a grid of groupsFor. */
const INDEX = `let i = (group.y * count.x + group.x) * ${THREADS}u + local.x;`;
const ENTRY = `@compute @workgroup_size(${THREADS})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
)`;

/** One thread for each of `count` elements; `code` sees its number as i. */
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

/** A number as WGSL has it. */
export const f = (value: number) => `f32(${value})`;

/** What is made for each of 0 … count − 1, most often a line. */
export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
