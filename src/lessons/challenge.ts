/** A challenge: the best accuracy within a budget of parameters, multiply-adds and images; what exceeds the budget, and the score as text. Pure. */
import { z } from 'zod';
import { describeDifference, differingKeys } from '../experiment/difference';
import type { Experiment } from '../experiment/settings';
import { t } from '../language/language';
import { planNetwork } from '../network/plan-network';
import { repetitionKey } from '../experiment/same-training';
import { experimentOf, querySchema } from './measures';

export const challengeSchema = z.strictObject({
  /** The experiment to start from, whose score is to be beaten. */
  base: querySchema,
  budget: z.strictObject({
    /** Parameters of the fused network; of the trained form if it cannot be fused. */
    parameters: z.int().positive(),
    macs: z.int().positive(),
    /** Limit of training images: steps times batch. */
    images: z.int().positive(),
  }),
});
export type Challenge = z.infer<typeof challengeSchema>;

export interface Spent {
  parameters: number;
  macs: number;
  /** Infinity if the length is in epochs, which a budget of images cannot limit. */
  images: number;
}

/** What an experiment uses of a budget. */
export function spentBy(experiment: Experiment): Spent {
  const { cost } = planNetwork(experiment);
  const { batch, length, lengthUnit } = experiment;
  return {
    parameters: cost.fusedParameters ?? cost.parameters,
    macs: cost.fusedMacs ?? cost.macs,
    images: lengthUnit === 'steps' ? batch * length : Infinity,
  };
}

/** Settings that must equal those of the challenge, so that scores are comparable. */
const FIXED = ['data', 'difficulty', 'train', 'test'] as const;

export type Fault = keyof Spent | 'data';

/** Limits that an experiment exceeds, and 'data' if it trains or tests on other images; empty if it may compete. */
export function faultsOf(experiment: Experiment, { base, budget }: Challenge): Fault[] {
  const spent = spentBy(experiment);
  const start = experimentOf(base);
  return [
    ...(Object.keys(spent) as (keyof Spent)[]).filter((what) => spent[what] > budget[what]),
    ...(FIXED.some((key) => experiment[key] !== start[key]) ? (['data'] as const) : []),
  ];
}

export interface Score {
  experiment: Experiment;
  /** Test top-1 in per cent, by seed. */
  top1: number;
  seed: number;
}

/** The settings in which an experiment differs from the network to beat, as text, without seed and instruments; null if there are none. */
export function changesOf(experiment: Experiment, { base }: Challenge): string | null {
  const plain = (one: Experiment) => experimentOf(repetitionKey(one));
  const [own, given] = [plain(experiment), plain(experimentOf(base))];
  return differingKeys(own, given).length > 0 ? describeDifference(own, given) : null;
}

/** The score as text: changes, cost, accuracy, and the link. */
export function scoreText({ experiment, top1 }: Score, challenge: Challenge, link: string): string {
  const { parameters, macs, images } = spentBy(experiment);
  const changed = changesOf(experiment, challenge);
  const number = (value: number) => value.toLocaleString('en');
  return [
    t('Branch Lab, Design your own block: {{percent}} % of the test images, seed {{seed}}', {
      percent: top1.toFixed(2),
      seed: experiment.seed,
    }),
    t(
      '{{parameters}} of {{mostParameters}} parameters, {{macs}} of {{mostMacs}} multiply-adds, {{images}} of {{mostImages}} images',
      {
        parameters: number(parameters),
        mostParameters: number(challenge.budget.parameters),
        macs: number(macs),
        mostMacs: number(challenge.budget.macs),
        images: number(images),
        mostImages: number(challenge.budget.images),
      },
    ),
    changed === null
      ? t('Nothing changed: the network to beat')
      : t('Changed: {{changes}}', { changes: changed }),
    link,
  ].join('\n');
}
