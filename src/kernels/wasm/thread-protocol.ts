/** What the thread that owns a network and its helper threads say to each other: messages, and commands in shared memory. */
import type { Program } from './program';

/** Integers of the pool's control block. `left` counts helpers that went back to their messages. */
export const COMMAND = { generation: 0, network: 1, program: 2, images: 3, left: 4 } as const;
export const CONTROL_LENGTH = 5;
/** In place of a network: the threads are to hear their messages. */
export const LEAVE = -1;

/** A network as a helper needs it. */
export interface HelperJob {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Where the threads meet. */
  control: Int32Array;
  programs: readonly Program[];
  /** Threads in all. */
  threads: number;
  /** Address of this helper's scratch memory. */
  scratch: number;
}

export type HelperMessage =
  /** To be answered with anything. */
  | { type: 'ready?' }
  | { type: 'take'; id: number; job: HelperJob }
  | { type: 'drop'; id: number }
  /** Serve what is commanded after generation `seen`. */
  | { type: 'serve'; control: Int32Array; seen: number };
