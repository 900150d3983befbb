/**
 * What the lab itself says in texts that are kept: why a run ended, what computed it, what its data set is called. Files and
 * stores have them in English (`inEnglish`), so that they are the same everywhere; whoever shows one, shows it by `saidOf`.
 */
import { phrase } from '../language/language';
import { retell } from '../language/retell';
import type { RunEnd } from '../training/protocol';
import { spokenReason } from '../training/reasons';

/** Why a run ended that this page, and not its trainer, brought to an end. */
export const REASONS = {
  otherRun: phrase('Another run was started.'),
  reset: phrase('Reset.'),
  doesNotJoin: phrase(
    "The trainer's reports do not join up ({{why}}). Start again; the same seed repeats the run.",
  ),
  died: phrase('The trainer stopped unexpectedly. Start again, or choose another backend in the settings.'),
  diedOf: phrase(
    'The trainer stopped unexpectedly: {{why}}. Start again, or choose another backend in the settings.',
  ),
  unreadable: phrase(
    'A message between the page and the trainer could not be read. Reload the page and start again.',
  ),
  weights: phrase('Brought in as weights: branch from it.'),
  weightsAlone: phrase('Brought in as weights, without what an optimiser carries along: branch from it.'),
} as const;

/** What stands for the backend and the data set of weights that nothing else is known of. */
export const OF_WEIGHTS = {
  adapter: phrase('weights from a file'),
  reason: phrase('Nothing was computed here.'),
  dataset: phrase('not known'),
} as const;

/** How a run ended, in a word. */
export const HOW_IT_ENDED: Record<RunEnd['how'], string> = {
  finished: phrase('finished'),
  stopped: phrase('stopped'),
  diverged: phrase('diverged'),
  failed: phrase('failed'),
};

/** All of them. */
export const KEPT: readonly string[] = [...Object.values(REASONS), ...Object.values(OF_WEIGHTS)];

/** A kept text in the reader's language where it is the lab's own; else, as what a user typed, as it is. */
export function saidOf(text: string): string {
  const own = retell(text, KEPT);
  return own === text ? spokenReason(text) : own;
}
