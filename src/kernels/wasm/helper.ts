/** A helper thread of the wasm kernels: loads what it is sent, then takes part in every program until it is told to end. */
import { Executor } from './executor';
import { instantiate } from './kernels';
import type { Program } from './program';

/** Where a network's programs are started from: integers of its control block. */
export const COMMAND = { generation: 2, program: 3, images: 4 } as const;
/** In place of a program: the network is done with. */
export const END = -1;

export interface HelperJob {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: Int32Array;
  programs: Program[];
  threads: number;
  chunks: number;
  scratch: number;
}

/** Takes part until the network ends. */
function serve({ module, memory, control, programs, threads, chunks, scratch }: HelperJob): void {
  const kernels = instantiate(module, memory);
  const executors = programs.map(
    (program) => new Executor(program, kernels, chunks, scratch, { control, count: threads, maySleep: true }),
  );
  for (let seen = 0; ; seen++) {
    Atomics.wait(control, COMMAND.generation, seen);
    const program = Atomics.load(control, COMMAND.program);
    if (program === END) return;
    executors[program]!.run(Atomics.load(control, COMMAND.images));
  }
}

self.onmessage = ({ data }: MessageEvent<HelperJob>) => {
  self.postMessage('ready');
  serve(data);
};
