/** Why kernels cannot compute, in English, as records keep it; src/training/reasons.ts tells it in the reader's language. */
import { phrase } from '../language/phrase';

export const KERNEL_FAILURES = {
  noThread: phrase('a helper thread did not start.'),
  failedThread: phrase('a helper thread did not start: {{message}}.'),
  failedThreadSilently: phrase('a helper thread did not start: unknown reason.'),
  lost: phrase('the device was lost ({{message}}).'),
  lostSilently: phrase('the device was lost (no reason given).'),
  silentThread: phrase('A thread of the wasm kernels stopped answering.'),
  noSimd: phrase('this browser has no WebAssembly SIMD.'),
  notLoaded: phrase('the kernels could not be loaded ({{status}}).'),
  memory: phrase(
    'This network and batch need {{size}} GB; WebAssembly has 4. Take a smaller batch or width.',
  ),
  buffer: phrase(
    'This network and batch need a buffer of {{size}} MB; this GPU allows {{limit}} MB. Take a smaller batch or width.',
  ),
  refused: phrase('The GPU refused to go on: {{failure}}'),
} as const;
