/**
 * A helper thread. It receives networks by messages and, while it serves, runs its share of their programs. Between two
 * programs it sleeps on the pool's control block and receives no messages, until the command LEAVE.
 */
import { Executor } from './executor';
import { instantiate } from './instantiate';
import { COMMAND, LEAVE, type HelperJob, type HelperMessage } from './thread-protocol';

/** The programs of each network, by the network's id. */
const networks = new Map<number, Executor[]>();

function take({ module, memory, control, programs, threads, scratch }: HelperJob): Executor[] {
  const kernels = instantiate(module, memory);
  const barriers = { control, count: threads, maySleep: true };
  return programs.map((program) => new Executor(program, kernels, scratch, barriers));
}

function serve(control: Int32Array, seen: number): void {
  for (let last = seen; ; last++) {
    Atomics.wait(control, COMMAND.generation, last);
    const network = Atomics.load(control, COMMAND.network);
    if (network === LEAVE) {
      Atomics.add(control, COMMAND.left, 1);
      return;
    }
    const program = Atomics.load(control, COMMAND.program);
    networks.get(network)![program]!.run(Atomics.load(control, COMMAND.images));
  }
}

self.addEventListener('message', ({ data }: MessageEvent<HelperMessage>) => {
  switch (data.type) {
    case 'ready?':
      return self.postMessage('ready');
    case 'take':
      return void networks.set(data.id, take(data.job));
    case 'drop':
      return void networks.delete(data.id);
    case 'serve':
      return serve(data.control, data.seen);
    default:
      return data satisfies never;
  }
});
