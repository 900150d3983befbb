/** The action of the primary button. It depends on the run and on the action of the lesson's step. Pure. */
import { phrase } from '../../language/language';
import type { Doing } from '../../lessons/schema';
import type { RunStatus } from '../store/run';

export type PrimaryAct =
  'pause' | 'resume' | 'wait' | 'start' | 'set-up' | 'set-up-and-run' | 'probe' | 'seeds';

/** English, to be translated where it is shown. */
export const PRIMARY_LABELS: Record<PrimaryAct, string> = {
  pause: phrase('Pause'),
  resume: phrase('Resume'),
  wait: phrase('Preparing'),
  start: phrase('Start'),
  'set-up': phrase('Set up'),
  'set-up-and-run': phrase('Set up and run'),
  probe: phrase('Probe all'),
  seeds: phrase('Run what is missing'),
};

/** `setUp`: whether the step has set the lab up already; `measured`: whether all its measurements are complete. */
export function primaryAct(
  status: RunStatus,
  doing: Pick<Doing, 'kind'> | undefined,
  { setUp, measured }: { setUp: boolean; measured: boolean },
): PrimaryAct {
  if (status === 'running') return 'pause';
  if (status === 'preparing') return 'wait';
  // The action of a step takes precedence over an unfinished run of the previous step.
  if (doing?.kind === 'run' && !setUp) return 'set-up-and-run';
  if (doing?.kind === 'set-up' && !setUp) return 'set-up';
  if (doing?.kind === 'probe' && !measured) return 'probe';
  if (status === 'paused') return 'resume';
  if (doing?.kind === 'run') return 'set-up-and-run';
  if (doing?.kind === 'seeds' && !measured) return 'seeds';
  return 'start';
}
