/** A helper thread of the wasm kernels: takes part in the programs of a network until it is sent elsewhere. */
import { Executor } from './executor';
import { instantiate } from './instantiate';
import type { Program } from './program';
import { COMMAND, LEAVE } from './threads';

export interface HelperJob {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: Int32Array;
  programs: Program[];
  threads: number;
  /** Address of this helper's scratch memory. */
  scratch: number;
  /** The last command that is not for this helper. */
  seen: number;
}

function serve({ module, memory, control, programs, threads, scratch, seen }: HelperJob): void {
  const kernels = instantiate(module, memory);
  const executors = programs.map(
    (program) => new Executor(program, kernels, scratch, { control, count: threads, maySleep: true }),
  );
  for (let last = seen; ; last++) {
    Atomics.wait(control, COMMAND.generation, last);
    const program = Atomics.load(control, COMMAND.program);
    if (program === LEAVE) return;
    executors[program]!.run(Atomics.load(control, COMMAND.images));
  }
}

self.addEventListener('message', ({ data }: MessageEvent<HelperJob | 'ready?'>) => {
  if (data === 'ready?') self.postMessage('ready');
  else serve(data);
});
