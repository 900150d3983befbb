/** What the one button does that starts things: it depends on the run and on what a lesson's step has one do. Pure. */
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

/** `setUp`: whether the step has set the lab up already; `measured`: whether all it measures is there. */
export function primaryAct(
  status: RunStatus,
  doing: Pick<Doing, 'kind'> | undefined,
  { setUp, measured }: { setUp: boolean; measured: boolean },
): PrimaryAct {
  if (status === 'running') return 'pause';
  if (status === 'preparing') return 'wait';
  // What a step asks for goes before a run of the step before that was left standing.
  if (doing?.kind === 'run' && !setUp) return 'set-up-and-run';
  if (doing?.kind === 'set-up' && !setUp) return 'set-up';
  if (doing?.kind === 'probe' && !measured) return 'probe';
  if (status === 'paused') return 'resume';
  if (doing?.kind === 'run') return 'set-up-and-run';
  if (doing?.kind === 'seeds' && !measured) return 'seeds';
  return 'start';
}
