/** Conditions on the page that a step asks the reader to fulfil, as data, and whether they hold. */
import { z } from 'zod';
import { parseValue } from '../experiment/url';
import { problemWith } from '../experiment/validation';
import { sameValue } from '../experiment/presets';
import { SETTING_KEYS, type Experiment, type SettingKey } from '../experiment/settings';
import { t } from '../language/language';
import { whyNotFusable } from '../network/fuse';
import { planNetwork } from '../network/plan-network';

const key = z.enum(SETTING_KEYS as [SettingKey, ...SettingKey[]]);

export const checkSchema = z
  .discriminatedUnion('check', [
    /** A setting of the panel has one of these values, written as in a link. */
    z.strictObject({ check: z.literal('setting'), key, is: z.array(z.string().max(200)).min(1) }),
    /** The run of the panel's settings has reached a step, is paused, or has ended. */
    z.strictObject({
      check: z.literal('run'),
      state: z.enum(['begun', 'paused', 'ended']),
      steps: z.int().nonnegative().default(1),
    }),
    /** The shown run was compared with its fused form. */
    z.strictObject({ check: z.literal('fused') }),
    /** The panel's network can be fused, or cannot. */
    z.strictObject({ check: z.literal('fusable'), is: z.boolean() }),
  ])
  .superRefine((check, context) => {
    if (check.check !== 'setting') return;
    for (const text of check.is) {
      const problem = problemWith(check.key, parseValue(check.key, text));
      if (problem)
        context.addIssue({
          code: 'custom',
          message: t('{{key}}: “{{text}}”: {{problem}}', { key: check.key, text, problem }),
        });
    }
  });
export type Check = z.infer<typeof checkSchema>;

/** The state of the page that the checks read. */
export interface PageState {
  /** The panel's experiment. */
  experiment: Experiment;
  /** The run shown, and whether its experiment is the panel's. */
  run: { steps: number; paused: boolean; ended: boolean; isOfPanel: boolean; wasFused: boolean } | null;
}

/** Whether the page fulfils the check. */
export function holds(check: Check, { experiment, run }: PageState): boolean {
  switch (check.check) {
    case 'setting':
      return check.is.some((text) =>
        sameValue(parseValue(check.key, text) as Experiment[SettingKey], experiment[check.key]),
      );
    case 'run':
      return (
        run !== null &&
        run.isOfPanel &&
        run.steps >= check.steps &&
        (check.state === 'begun' || (check.state === 'paused' ? run.paused : run.ended))
      );
    case 'fused':
      return run !== null && run.wasFused;
    case 'fusable':
      return (whyNotFusable(planNetwork(experiment)) === null) === check.is;
    default:
      return check satisfies never;
  }
}
