/** Instantiates the compiled kernels on a memory, and checks them against the table. */
import { message, MessageError } from '../../language/message';
import { ARITIES, type CompiledKernels } from './kernel-table';

const PAGE = 65_536;
/** Pages that WebAssembly can address. */
const MOST_PAGES = 65_536;

/** Zeroed memory of at least `bytes` bytes. Throws where that is more than 4 GiB. */
export function memoryOf(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  if (pages > MOST_PAGES)
    throw new MessageError(message('kernel.memory', { size: (bytes / 2 ** 30).toFixed(1) }));
  return new WebAssembly.Memory(
    shared ? { initial: pages, maximum: pages, shared: true } : { initial: pages },
  );
}

/** The kernels of a module on a memory. Throws where an export is missing or has another number of parameters than the table says. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): CompiledKernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  assertKernels(exports);
  return exports;
}

/** Throws unless every kernel of the table is there and takes the number of arguments that the table lists. */
export function assertKernels(
  exports: WebAssembly.Exports,
): asserts exports is WebAssembly.Exports & CompiledKernels {
  for (const [name, arity] of ARITIES) {
    const kernel = exports[name];
    const found = typeof kernel === 'function' ? `takes ${kernel.length} arguments` : 'is not exported';
    if (typeof kernel === 'function' && kernel.length === arity) continue;
    throw new Error(
      `The compiled kernel ${name} ${found}; src/kernels/wasm/kernel-table.ts lists ${arity} parameters. ` +
        'Make the table and src/kernels/wasm/assembly agree, then run node tools/kernels.mjs.',
    );
  }
}
