/** The selected runs as lines of a chart: loaded, named and coloured, with repetitions grouped on request. */
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { t } from '../../language/language';
import type { Overlaid, OverlaidGroup } from '../../charts/overlaid';
import type { OverlaidRun } from '../../charts/run-view';
import { runColour } from '../../charts/run-colour';
import { namesOf } from '../../runs/differences';
import { groupRuns } from '../../runs/groups';
import type { HistoryEntry } from '../../runs/history/entry';
import type { RunState } from '../../runs/record';
import { useHistory } from '../store/history';
import { keepLoaded, useLoaded } from '../store/loaded-runs';
import { useRun } from '../store/run';
import { useSelection } from '../store/selected-runs';

export interface SelectedRun extends OverlaidRun {
  entry: HistoryEntry;
  run: RunState;
}

/** The selected runs that are loaded, with the lab's current run first; keeps them loaded. */
export function useSelectedRuns(): { selected: readonly SelectedRun[]; loading: number } {
  const ids = useSelection((state) => state.ids);
  const entries = useHistory((state) => state.entries);
  const runs = useLoaded((state) => state.runs);
  const failed = useLoaded((state) => state.failed);
  const current = useRun((state) => state.run);
  const dark = useComputedColorScheme('light') === 'dark';
  const ready = useHistory((state) => state.ready);
  useEffect(() => {
    if (ready) keepLoaded(ids);
  }, [ids, ready]);
  return useMemo(() => {
    const selected = ids.flatMap((id): SelectedRun[] => {
      const entry = entries.find((one) => one.id === id);
      // The lab's current run may have more steps than its stored copy.
      const run = current?.id === id ? current : runs.get(id);
      if (!entry || !run?.plan) return [];
      return [{ id, name: entry.name, colour: runColour(entry.number, dark), run, entry }];
    });
    const front = selected.filter(({ id }) => id === current?.id);
    const others = selected.filter(({ id }) => id !== current?.id);
    return {
      selected: [...front, ...others],
      loading: ids.length - selected.length - ids.filter((id) => failed.has(id)).length,
    };
  }, [ids, entries, runs, failed, current, dark]);
}

export interface SelectedGroup extends OverlaidGroup {
  runs: readonly RunState[];
}

/** Groups of at least two seeds as one line each, other runs as they are. */
export function linesOf(selected: readonly SelectedRun[], grouped: boolean): (SelectedRun | SelectedGroup)[] {
  if (!grouped) return [...selected];
  const groups = groupRuns(
    selected.map((one) => ({ ...one, experiment: one.run.experiment, origin: one.run.origin })),
  );
  const names = namesOf(
    // Runs of a group differ in the seed, so it is not part of the group's name.
    groups.map(({ runs }) => ({ ...runs[0]!.experiment, seed: DEFAULT_EXPERIMENT.seed })),
    t('Same settings'),
  );
  return groups.map(({ key, runs }, i): SelectedRun | SelectedGroup => {
    const [first] = runs;
    if (runs.length === 1) return first!;
    return {
      id: key,
      name: t('{{settings}} ({{seeds}} seeds)', { settings: names[i]!, seeds: runs.length }),
      colour: first!.colour,
      runs: runs.map(({ run }) => run),
    };
  });
}

export const isGroup = (line: Overlaid): line is OverlaidGroup => 'runs' in line;
