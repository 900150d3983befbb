/** The measurements that a step reads: runs by their experiments (of this page, else of the history, else watched recordings), probes, results by seed. */
import { useEffect, useMemo, useState } from 'react';
import { runsNeeded } from '../../lessons/answers';
import { experimentOf, standsFor, type Measured } from '../../lessons/measures';
import type { Step } from '../../lessons/schema';
import { repetitionKey, sameTraining } from '../../experiment/same-training';
import type { HistoryEntry } from '../../runs/history/entry';
import { loadRun } from '../../runs/history/store';
import type { RunState } from '../../runs/record';
import { useBoard } from '../store/board';
import { useFindings } from '../store/side-results';
import { useHistory } from '../store/history';
import { useRecording } from '../store/recording';
import { useRun } from '../store/run';

const isConcluded = (end: { how: string } | null) => end?.how === 'finished' || end?.how === 'diverged';

/** The newest run in the history with a query's experiment; runs that started from a checkpoint do not count. */
function inHistory(entries: readonly HistoryEntry[], query: string): HistoryEntry | null {
  const wanted = experimentOf(query);
  return (
    entries.find(
      (entry) =>
        isConcluded(entry.end) && entry.firstStep === 0 && sameTraining(experimentOf(entry.query), wanted),
    ) ?? null
  );
}

/** The available runs of these experiments. */
function useRuns(queries: readonly string[]): ReadonlyMap<string, RunState> {
  const run = useRun((state) => state.run);
  const beside = useRun((state) => state.beside);
  const kept = useRun((state) => state.kept);
  const entries = useHistory((state) => state.entries);
  const [loaded, setLoaded] = useState<ReadonlyMap<string, RunState>>(new Map());

  const here = useMemo(() => {
    const present = [run, beside, ...kept.toReversed()].filter((one) => one !== null);
    return new Map(
      queries.flatMap((query): [string, RunState][] => {
        const wanted = experimentOf(query);
        const found = present.find(
          (one) => isConcluded(one.end) && one.origin === null && sameTraining(one.experiment, wanted),
        );
        return found ? [[query, found]] : [];
      }),
    );
  }, [queries, run, beside, kept]);

  useEffect(() => {
    let wanted = true;
    const missing = queries.filter((query) => !here.has(query) && !loaded.has(query));
    for (const query of missing) {
      const entry = inHistory(entries, query);
      if (!entry) continue;
      loadRun(entry.id).then(
        (state) => wanted && setLoaded((before) => new Map([...before, [query, state]])),
        // A run that has just been removed is skipped.
        () => undefined,
      );
    }
    return () => {
      wanted = false;
    };
  }, [queries, here, loaded, entries]);

  return useMemo(() => new Map([...loaded, ...here]), [loaded, here]);
}

/** The watched recording that represents an experiment that this machine has not run. */
function recordingOf(watched: ReadonlyMap<string, RunState>, query: string): RunState | null {
  const wanted = experimentOf(query);
  return [...watched.values()].find(({ experiment }) => standsFor(experiment, wanted)) ?? null;
}

export function useMeasured(step: Step): Measured {
  const queries = useMemo(() => runsNeeded(step), [step]);
  const runs = useRuns(queries);
  const watched = useRecording((state) => state.watched);
  const probes = useFindings((state) => state.probes);
  const fused = useFindings((state) => state.fused);
  const shown = useRun((state) => state.run?.id ?? null);
  const results = useBoard((state) => state.results);
  return useMemo(
    () => ({
      run: (query) => runs.get(query) ?? recordingOf(watched, query),
      probe: (query) => probes[query] ?? null,
      top1: (query, seed) => {
        const key = repetitionKey(experimentOf(query));
        const found = results.findLast((result) => result.query === key && result.seed === seed);
        return found?.top1 == null ? null : 100 * found.top1;
      },
      fused: fused?.runId === shown ? fused.report : null,
    }),
    [runs, watched, probes, fused, shown, results],
  );
}
