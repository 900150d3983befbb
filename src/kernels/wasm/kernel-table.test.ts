/** The table of the kernels against the AssemblyScript sources, the compiled module and the scratch memory it uses. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  convolutionScratch,
  headScratch,
  kernelGradientScratch,
  TILE_SCRATCH,
  transformedKernelFloats,
  turnedKernelScratch,
} from './assembly/layout';
import { assertKernels, instantiate, memoryOf } from './instantiate';
import {
  inOrder,
  KERNELS,
  PASSED_AT_CALL,
  type Address,
  type ChunkArguments,
  type ChunkKernel,
  type KernelParameters,
  type ParameterKind,
  type TaskArguments,
  type TaskKernel,
} from './kernel-table';
import { imageFloats } from './memory-plan';
import { taskCall, type ProgramBuilder } from './program';

const ASSEMBLY = new URL('./assembly/', import.meta.url);
const module = new WebAssembly.Module(readFileSync(new URL('./build/plain.wasm', import.meta.url)));

/** Parameters [name, type] of every function that index.ts exports, from the sources. */
function exportedFunctions(): Map<string, [string, string][]> {
  const index = readFileSync(new URL('index.ts', ASSEMBLY), 'utf8');
  const files = [...index.matchAll(/export \* from '\.\/([\w-]+)';/g)].map(([, file]) => `${file}.ts`);
  const functions = new Map<string, [string, string][]>();
  for (const file of files) {
    const source = readFileSync(new URL(file, ASSEMBLY), 'utf8');
    for (const [, before, name, list] of source.matchAll(/(@inline\n)?export function (\w+)\(([^)]*)\)/g)) {
      if (before) continue;
      const parameters = [...list!.matchAll(/(\w+): (\w+)/g)].map(([, parameter, type]): [string, string] => [
        parameter!,
        type!,
      ]);
      functions.set(name!, parameters);
    }
  }
  return functions;
}

const sources = exportedFunctions();
/** Widths as constants: called by winogradConvolution and winogradKernelGradient only. */
const FIXED_WIDTH = /^(convolve|kernelGradient)\d+$/;
const groups = ['chunk', 'task'] as const;
const entries = groups.flatMap((group) =>
  Object.entries<KernelParameters>(KERNELS[group]).map(([name, parameters]) => ({
    name,
    group,
    parameters,
  })),
);
const typesOfKind: Record<ParameterKind, readonly string[]> = {
  address: ['usize'],
  'address or null': ['usize'],
  integer: ['i32'],
  real: ['f32', 'f64'],
  flag: ['bool'],
};

test.each(entries)(
  '$name has the parameters of its source, in their order',
  ({ name, group, parameters }) => {
    const source = sources.get(name);
    expect(source, `${name} is exported by assembly/index.ts`).toBeDefined();
    const passed = PASSED_AT_CALL[group];
    expect(source!.map(([parameter]) => parameter)).toEqual([...passed, ...Object.keys(parameters)]);
    for (const [parameter, type] of source!.slice(passed.length))
      expect(typesOfKind[parameters[parameter]!], `${name}, ${parameter}`).toContain(type);
  },
);

test('the table has every kernel that the module exports', () => {
  const exported = WebAssembly.Module.exports(module)
    .filter(({ kind, name }) => kind === 'function' && !FIXED_WIDTH.test(name))
    .map(({ name }) => name);
  expect(exported.toSorted()).toEqual(entries.map(({ name }) => name).toSorted());
});

test('every file of kernels is exported', () => {
  const index = readFileSync(new URL('index.ts', ASSEMBLY), 'utf8');
  const withoutKernels = ['arithmetic', 'index', 'layout', 'winograd-transforms'];
  for (const file of readdirSync(ASSEMBLY)) {
    const name = file.replace(/\.ts$/, '');
    if (!withoutKernels.includes(name)) expect(index).toContain(`'./${name}'`);
  }
});

test('a module whose kernel is missing or takes another number of arguments is refused', () => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory: memoryOf(65_536, false) } });
  expect(() => assertKernels(exports)).not.toThrow();
  const { combine, ...others } = exports;
  expect(combine).toBeDefined();
  expect(() => assertKernels(others)).toThrow('combine is not exported');
  expect(() => assertKernels({ ...exports, combine: exports.clear! })).toThrow(
    'The compiled kernel combine takes 3 arguments; src/kernels/wasm/kernel-table.ts lists 15 parameters.',
  );
});

test('a missing, surplus, misspelt or swapped argument is a type error', () => {
  const at = 64 as Address;
  /** For the type checker: never called. */
  const mistakes = (builder: ProgramBuilder) => {
    // @ts-expect-error: `channels` is missing.
    builder.chunk('rectify', { x: at, size: 8 });
    // @ts-expect-error: `stride` is surplus.
    builder.chunk('rectify', { x: at, size: 8, channels: 16, stride: 1 });
    // @ts-expect-error: `chanels` is misspelt.
    builder.chunk('rectify', { x: at, size: 8, chanels: 16 });
    // @ts-expect-error: an address in the place of a size.
    builder.chunk('rectify', { x: at, size: at, channels: 16 });
    // @ts-expect-error: a size in the place of an address.
    builder.chunk('rectify', { x: 8, size: 8, channels: 16 });
    // @ts-expect-error: null where the kernel needs an address.
    builder.chunk('rectify', { x: null, size: 8, channels: 16 });
    // @ts-expect-error: a kernel that works on chunks, called as a task.
    taskCall('rectify', { x: at, size: 8, channels: 16 });
    // @ts-expect-error: there is no such kernel.
    taskCall('clean', { at, count: 4 });
  };
  expect(mistakes).toBeTypeOf('function');
  expect(taskCall('clear', { count: 4, at })).toEqual({ kernel: 'clear', args: [64, 4] });
});

test('arguments come in the order of the parameters, null as 0, flags as 0 or 1', () => {
  const parameters = { a: 'address or null', b: 'flag', c: 'real' } as const;
  expect(inOrder(parameters, { c: 0.5, b: true, a: null })).toEqual([0, 1, 0.5]);
});

/** Runs a kernel on memory where `scratch` bytes of scratch memory end in marked bytes; returns how many marks are gone. */
function overrun(
  scratch: number,
  bytes: number,
  run: (kernels: ReturnType<typeof instantiate>, at: Address) => void,
) {
  const MARKS = 4096;
  const memory = memoryOf(bytes + scratch + MARKS, false);
  const marks = new Uint8Array(memory.buffer, bytes + scratch, MARKS).fill(0xa5);
  // The last bytes of the scratch memory are used: a layout that is larger than what is used has drifted as well.
  const last = new Uint8Array(memory.buffer, bytes + scratch - 16, 16).fill(0xa5);
  run(instantiate(module, memory), bytes as Address);
  return {
    marks: marks.filter((byte) => byte !== 0xa5).length,
    lastUsed: last.some((byte) => byte !== 0xa5),
  };
}

const chunk = <Kernel extends ChunkKernel>(
  kernels: ReturnType<typeof instantiate>,
  scratch: Address,
  images: number,
  kernel: Kernel,
  args: ChunkArguments<Kernel>,
) => kernels[kernel](0, images, 0, scratch, ...inOrder(KERNELS.chunk[kernel], args));
const task = <Kernel extends TaskKernel>(
  kernels: ReturnType<typeof instantiate>,
  scratch: Address,
  kernel: Kernel,
  args: TaskArguments<Kernel>,
) => kernels[kernel](scratch, ...inOrder(KERNELS.task[kernel], args));

/** An edge tile of 6 pixels reaches over the image where its size is no multiple of 4. */
const SIZE = 6;
const IMAGES = 9;
const shapes = [
  { cin: 8, cout: 8 },
  { cin: 16, cout: 40 },
  { cin: 40, cout: 16 },
  { cin: 64, cout: 64 },
  { cin: 8, cout: 72 },
];

test.each(shapes)(
  'Winograd with $cin to $cout channels stays in the scratch memory planned for it',
  ({ cin, cout }) => {
    const image = (channels: number) => 4 * imageFloats(SIZE, channels, IMAGES);
    const x = 64 as Address;
    const y = (x + image(cin)) as Address;
    const u = (y + image(cout)) as Address;
    const end = u + 4 * Math.max(transformedKernelFloats(cin, cout), 9 * cin * cout);
    const size = SIZE;
    const forward = overrun(convolutionScratch(cin, cout), end, (kernels, scratch) =>
      chunk(kernels, scratch, IMAGES, 'winogradConvolution', { x, u, y, size, cin, cout, add: false }),
    );
    expect(forward).toEqual({ marks: 0, lastUsed: true });
    const gradient = overrun(kernelGradientScratch(cin, cout), end, (kernels, scratch) =>
      chunk(kernels, scratch, IMAGES, 'winogradKernelGradient', { x, dy: y, dw: u, size, cin, cout }),
    );
    expect(gradient).toEqual({ marks: 0, lastUsed: true });
  },
);

test('transforming a kernel and the head’s gradient stay in the scratch memory planned for them', () => {
  const cin = 16;
  const cout = 24;
  const w = 64 as Address;
  const u = (w + 4 * 9 * cin * cout) as Address;
  const end = u + 4 * transformedKernelFloats(cin, cout);
  const turned = overrun(turnedKernelScratch(), end, (kernels, scratch) =>
    task(kernels, scratch, 'winogradTurnedKernel', { w, u, cin, cout, firstPanel: 0, lastPanel: cin / 8 }),
  );
  expect(turned).toEqual({ marks: 0, lastUsed: true });
  const kernel = overrun(TILE_SCRATCH, end, (kernels, scratch) =>
    task(kernels, scratch, 'winogradKernel', { w, u, cin, cout, firstPanel: 0, lastPanel: cout / 8 }),
  );
  expect(kernel.marks).toBe(0);
  const head = overrun(headScratch(cin), end, (kernels, scratch) =>
    chunk(kernels, scratch, 1, 'headBackward', {
      features: w,
      weight: w,
      dlogits: w,
      dx: u,
      dweight: w,
      dbias: w,
      size: 1,
      channels: cin,
      columns: 4,
    }),
  );
  expect(head).toEqual({ marks: 0, lastUsed: true });
});
