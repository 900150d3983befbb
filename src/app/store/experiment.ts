/** Store of the panel's experiment. It is read from the address when the page opens. */
import { create } from 'zustand';
import type { Preset } from '../../experiment/presets';
import { sameValue, valuesOf } from '../../experiment/presets';
import {
  DEFAULT_EXPERIMENT,
  SETTING_KEYS,
  type Experiment,
  type SettingKey,
} from '../../experiment/settings';
import { experimentFromQuery, experimentToQuery, type SecondRunChanges } from '../../experiment/url';
import { conflictIn, problemWith, resolveConflicts, type Notice } from '../../experiment/validation';
import { OPENED_LINK } from '../address/opened-link';

export interface ExperimentState {
  experiment: Experiment;
  /** The settings that differ in the second run; null if there is none. */
  beside: SecondRunChanges;
  /** Notices about settings of the link that could not be applied. */
  notices: readonly Notice[];
  /** Changes settings. Returns the reason if the change is not allowed; null if it was applied. */
  change: (values: Partial<Experiment>) => string | null;
  setBeside: (beside: SecondRunChanges) => void;
  applyPreset: (preset: Preset) => void;
  /** Resets a setting to its default, together with settings that would no longer be valid with it. */
  resetSetting: (key: SettingKey) => void;
  resetAll: () => void;
  newSeed: () => void;
  /** `notices`: further notices about the link. */
  readQuery: (query: string, notices?: readonly Notice[]) => void;
  dismissNotice: (notice: Notice) => void;
}

/** Why `values` cannot be applied to `experiment`; null if they can. */
export function refusal(experiment: Experiment, values: Partial<Experiment>): string | null {
  for (const key of SETTING_KEYS) {
    if (!Object.hasOwn(values, key)) continue;
    const problem = problemWith(key, values[key]);
    if (problem) return problem;
  }
  return conflictIn({ ...experiment, ...values });
}

/** Another seed than `seed`, with few digits so that a teacher can read it out. */
export function otherSeed(seed: number, random: () => number = Math.random): number {
  const drawn = Math.floor(random() * 9999);
  return drawn >= seed ? drawn + 1 : drawn;
}

function read(query: string, others: readonly Notice[]) {
  const { notices, ...found } = experimentFromQuery(query);
  return { ...found, notices: [...others, ...notices] };
}

export const useExperiment = create<ExperimentState>((set, get) => ({
  ...read(OPENED_LINK.experiment, OPENED_LINK.notices),
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
  readQuery: (query, notices = []) => set(read(query, notices)),
  dismissNotice: (notice) => set(({ notices }) => ({ notices: notices.filter((other) => other !== notice) })),
}));

const resolveOnly = (experiment: Experiment) => ({ experiment: resolveConflicts(experiment).experiment });

/** The complete address of an experiment on this page. */
export const linkTo = (experiment: Experiment, beside: SecondRunChanges): string =>
  `${window.location.origin}${window.location.pathname}${experimentToQuery(experiment, beside)}`;
