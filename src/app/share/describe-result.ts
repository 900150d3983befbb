/** Describes the result of a link as text. */
import { clauses, listed, parts } from '../../language/join';
import { t } from '../../language/language';
import { messageText } from '../../language/message-text';
import { PANEL_LABELS } from '../../network/curves';
import { END_LABELS } from '../../runs/end-labels';
import { droppedPoints, type SharedCurve, type SharedResult } from '../../runs/shared-result';
import { chartText } from '../../charts/chart-specs';
import { backendName } from '../../experiment/backends';
import { count, dateAndTime } from '../controls/format';

/** "WebAssembly, SIMD, 2 threads" */
export const deviceOf = ({ backend, adapter }: Pick<SharedResult, 'backend' | 'adapter'>): string => {
  const device = messageText(adapter);
  return device === '' ? backendName(backend) : parts([backendName(backend), device]);
};

export const startedOf = ({ startedAt }: Pick<SharedResult, 'startedAt'>): string =>
  dateAndTime(new Date(startedAt * 1000).toISOString());

/** "400 of 400 steps, finished" */
export function progressOf({ steps, totalSteps, end }: SharedResult): string {
  const values = { steps: count(steps), all: count(totalSteps) };
  return end
    ? t('{{steps}} of {{all}} steps, {{how}}', { ...values, how: t(END_LABELS[end.how]) })
    : t('{{steps}} of {{all}} steps, not ended yet', values);
}

/** "test accuracy 25.0 % of 2,000 images", "Identity −28 % at step 37". */
export function outcomesOf({ evaluations, dips }: Pick<SharedResult, 'evaluations' | 'dips'>): string[] {
  const last = evaluations.at(-1);
  const tested = last
    ? [
        t('test accuracy {{percent}} % of {{images}} images', {
          percent: (last.top1 * 100).toFixed(1),
          images: count(last.images),
        }),
      ]
    : [];
  const fallen = dips.map(({ panel, depth, step }) =>
    t('{{panel}} −{{percent}} % at step {{step}}', {
      panel: t(PANEL_LABELS[panel]),
      percent: Math.round(depth * 100),
      step: count(step),
    }),
  );
  return [...tested, ...fallen];
}

/** The outcomes as one line; empty if there are none. */
export const outcomeText = (result: Pick<SharedResult, 'evaluations' | 'dips'>): string =>
  clauses(outcomesOf(result));

const nameOf = (of: SharedCurve['of']) => t(chartText(of).title).toLowerCase();

/** Which curves were thinned beyond the promised accuracy, and by how much they deviate; empty if none. */
export function thinnedText(result: Pick<SharedResult, 'curves'>): string {
  const dropped = droppedPoints(result);
  if (dropped.length === 0) return '';
  const curves = dropped.map(({ of, error }) =>
    t('{{curve}} within {{percent}} %', { curve: nameOf(of), percent: (error * 100).toFixed(1) }),
  );
  return t(
    'To fit, curves are drawn through fewer points: {{curves}} of their range. The lowest point of each is exact.',
    { curves: listed(curves) },
  );
}
