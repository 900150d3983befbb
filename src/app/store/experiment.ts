/**
 * The experiment that the panel shows. It is read from the address bar when the page opens and every change is
 * written back there, so that the address is always a link to what one sees.
 */
import { create } from 'zustand';
import type { Preset } from '../../experiment/presets';
import { sameValue, valuesOf } from '../../experiment/presets';
import {
  DEFAULT_EXPERIMENT,
  SETTING_KEYS,
  type Experiment,
  type SettingKey,
} from '../../experiment/settings';
import { experimentFromQuery, experimentToQuery, type Beside } from '../../experiment/url';
import { lessonSuffix, useLessonPlace } from './lesson-place';
import { conflictIn, problemWith, resolveConflicts, type Notice } from '../../experiment/validation';

export interface ExperimentState {
  experiment: Experiment;
  /** What is different in the run that goes beside the experiment's own; null where there is none. */
  beside: Beside;
  /** What the link asked for that could not be had. */
  notices: readonly Notice[];
  /** Changes settings. A change that is not allowed is left out and its reason returned; null where it went in. */
  change: (values: Partial<Experiment>) => string | null;
  setBeside: (beside: Beside) => void;
  applyPreset: (preset: Preset) => void;
  /** Back to the default; settings that then no longer fit together go back with it. */
  resetSetting: (key: SettingKey) => void;
  resetAll: () => void;
  newSeed: () => void;
  readQuery: (query: string) => void;
  dismissNotice: (notice: Notice) => void;
}

/** Why `values` cannot be put into `experiment`, or null where they can. */
export function refusal(experiment: Experiment, values: Partial<Experiment>): string | null {
  for (const key of SETTING_KEYS) {
    if (!Object.hasOwn(values, key)) continue;
    const problem = problemWith(key, values[key]);
    if (problem) return problem;
  }
  return conflictIn({ ...experiment, ...values });
}

/** A seed other than `seed`, short enough to be read out in a class. */
export function otherSeed(seed: number, random: () => number = Math.random): number {
  const drawn = Math.floor(random() * 9999);
  return drawn >= seed ? drawn + 1 : drawn;
}

export const useExperiment = create<ExperimentState>((set, get) => ({
  ...experimentFromQuery(typeof window === 'undefined' ? '' : window.location.search),
  change: (values) => {
    const { experiment } = get();
    const why = refusal(experiment, values);
    if (why !== null) return why;
    const differs = (Object.keys(values) as SettingKey[]).some(
      (key) => !sameValue(values[key]!, experiment[key]),
    );
    if (differs) set({ experiment: { ...experiment, ...values } });
    return null;
  },
  setBeside: (beside) => set({ beside }),
  applyPreset: (preset) => set(({ experiment }) => resolveOnly({ ...experiment, ...valuesOf(preset) })),
  resetSetting: (key) =>
    set(({ experiment }) => resolveOnly({ ...experiment, [key]: DEFAULT_EXPERIMENT[key] })),
  resetAll: () => set({ experiment: DEFAULT_EXPERIMENT }),
  newSeed: () =>
    set(({ experiment }) => ({ experiment: { ...experiment, seed: otherSeed(experiment.seed) } })),
  readQuery: (query) => set(experimentFromQuery(query)),
  dismissNotice: (notice) => set(({ notices }) => ({ notices: notices.filter((other) => other !== notice) })),
}));

const resolveOnly = (experiment: Experiment) => ({ experiment: resolveConflicts(experiment).experiment });

/** The whole address of an experiment on this page. */
export const linkTo = (experiment: Experiment, beside: Beside): string =>
  `${window.location.origin}${window.location.pathname}${experimentToQuery(experiment, beside)}`;

/** Keeps the address bar and the store in step. Returns how to stop. */
export function followAddressBar(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    const { experiment, beside } = useExperiment.getState();
    const query = experimentToQuery(experiment, beside) + lessonSuffix();
    if (query !== window.location.search)
      window.history.replaceState(window.history.state, '', query + window.location.hash);
  };
  // Browsers refuse more than a hundred writes in half a minute; a held arrow key makes more.
  const writeSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(write, 120);
  };
  const stops = [
    useExperiment.subscribe((state, before) => {
      if (state.experiment !== before.experiment || state.beside !== before.beside) writeSoon();
    }),
    // Steps are not taken as fast as that, and a reload finds the one that one is at.
    useLessonPlace.subscribe(() => {
      clearTimeout(timer);
      write();
    }),
  ];
  const read = () => {
    clearTimeout(timer);
    useExperiment.getState().readQuery(window.location.search);
    clearTimeout(timer);
  };
  window.addEventListener('popstate', read);
  return () => {
    clearTimeout(timer);
    stops.forEach((stop) => stop());
    window.removeEventListener('popstate', read);
  };
}
