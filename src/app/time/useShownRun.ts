/** The run at the playhead, for charts, instruments and the drawing, which know nothing about time. */
import { useThrottledValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { runAt } from '../../runs/at-step';
import type { RunState } from '../../runs/record';
import { usePlayhead } from '../store/playhead';
import { useRun } from '../store/run';

/** The step of the playhead if it belongs to this run or to its second run; null for the newest step. */
function useStepOf(run: Pick<RunState, 'id'> | null, which: 'step' | 'charted'): number | null {
  const inPair = useRun(({ pair }) => run !== null && pair?.includes(run.id) === true);
  return usePlayhead((state) =>
    run !== null && (state.runId === run.id || (inPair && state.runId !== null)) ? state[which] : null,
  );
}

/** A run at the shown step; the run itself if that is the newest. */
export function useRunAt<R extends RunState | null>(run: R): R | RunState {
  const step = useStepOf(run, 'charted');
  return useMemo(() => (run === null || step === null ? run : runAt(run, step)), [run, step]);
}

/** The lab's run at the step that is shown. */
export const useShownRun = (): RunState | null => useRunAt(useRun((state) => state.run));

/** The same, updated at most once per `pace` ms, for parts that are slow to draw. */
export function usePacedRun(pace: number): RunState | null {
  const run = useRun((state) => state.run);
  const step = useThrottledValue(useStepOf(run, 'charted'), pace);
  return useMemo(() => (run === null || step === null ? run : runAt(run, step)), [run, step]);
}

/** The step that is shown, frame by frame; null for the newest. */
export const useFrameStep = (): number | null =>
  useStepOf(
    useRun((state) => state.run),
    'step',
  );
