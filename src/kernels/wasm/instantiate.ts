/** The kernels on a given memory. */
import { inEnglish } from '../../language/phrase';
import { KERNEL_FAILURES } from '../failures';
import type { KernelTable } from './executor';

const PAGE = 65_536;
/** Pages that WebAssembly can address. */
const MOST_PAGES = 65_536;

/** Zeroed memory of at least so many bytes. Throws where that is more than there can be. */
export function memoryOf(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  if (pages > MOST_PAGES)
    throw new Error(inEnglish(KERNEL_FAILURES.memory, { size: (bytes / 2 ** 30).toFixed(1) }));
  return new WebAssembly.Memory(
    shared ? { initial: pages, maximum: pages, shared: true } : { initial: pages },
  );
}

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelTable {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelTable;
}
