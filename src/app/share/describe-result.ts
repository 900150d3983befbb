/** A result that came in a link, in words. */
import { PANEL_LABELS } from '../../network/curves';
import { droppedPoints, type SharedCurve, type SharedResult } from '../../runs/shared-result';
import { CHART_TEXTS } from '../charts/chart-texts';
import { BACKEND_LABELS, count, moment } from '../format';

/** "WebAssembly, SIMD, 2 threads" */
export const deviceOf = ({ backend, adapter }: Pick<SharedResult, 'backend' | 'adapter'>): string =>
  adapter === '' ? BACKEND_LABELS[backend] : `${BACKEND_LABELS[backend]}, ${adapter}`;

export const startedOf = ({ startedAt }: Pick<SharedResult, 'startedAt'>): string =>
  moment(new Date(startedAt * 1000).toISOString());

/** "400 of 400 steps, finished" */
export function progressOf({ steps, totalSteps, end }: SharedResult): string {
  return `${count(steps)} of ${count(totalSteps)} steps, ${end ? end.how : 'not ended yet'}`;
}

/** "test accuracy 25.0 % of 2,000 images; Identity −28 % at step 37"; empty where there is neither. */
export function outcomeText({ evaluations, dips }: Pick<SharedResult, 'evaluations' | 'dips'>): string {
  const last = evaluations.at(-1);
  const tested = last
    ? [`test accuracy ${(last.top1 * 100).toFixed(1)} % of ${count(last.images)} images`]
    : [];
  const fallen = dips.map(
    ({ panel, depth, step }) => `${PANEL_LABELS[panel]} −${Math.round(depth * 100)} % at step ${count(step)}`,
  );
  return [...tested, ...fallen].join('; ');
}

const nameOf = (of: SharedCurve['of']) => CHART_TEXTS[of].title.toLowerCase();

/** Which curves had to give up points, and how far off they are; empty where none had to. */
export function thinnedText(result: Pick<SharedResult, 'curves'>): string {
  const dropped = droppedPoints(result);
  if (dropped.length === 0) return '';
  const parts = dropped.map(({ of, error }) => `${nameOf(of)} within ${(error * 100).toFixed(1)} %`);
  return `To fit, curves are drawn through fewer points: ${parts.join(', ')} of their range. The lowest point of each is exact.`;
}
