/** How a run ended, in one word. */
import { phrase } from '../language/language';
import type { RunEnd } from '../training/protocol';

export const END_LABELS: Record<RunEnd['how'], string> = {
  finished: phrase('finished'),
  stopped: phrase('stopped'),
  diverged: phrase('diverged'),
  failed: phrase('failed'),
};
