/** The protocol between the thread that owns a network and its helper threads: messages, and commands in shared memory. */
import type { Program } from './program';

/** Indices of the integers in the pool's control block. `left` counts the helpers that returned to their messages. */
export const COMMAND = { generation: 0, network: 1, program: 2, images: 3, left: 4 } as const;
export const CONTROL_LENGTH = 5;
/** Value of COMMAND.network that sends the helpers back to their messages. */
export const LEAVE = -1;

/** Everything that a helper needs to run the programs of a network. */
export interface HelperJob {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Control block of the barriers; see ./executor. */
  control: Int32Array;
  programs: readonly Program[];
  /** Number of threads, the owner of the network included. */
  threads: number;
  /** Address of this helper's scratch memory. */
  scratch: number;
}

export type HelperMessage =
  /** Answered with any message, which shows that messages reach the helper. */
  | { type: 'ready?' }
  /** Adds a network. */
  | { type: 'take'; id: number; job: HelperJob }
  /** Removes a network. */
  | { type: 'drop'; id: number }
  /** Carry out the commands after generation `seen`, until LEAVE. */
  | { type: 'serve'; control: Int32Array; seen: number };
