/** The status line of a presentation: a short text on the state of the run. Pure. */
import { lastFinite } from '../../instruments/finite-range';
import { t } from '../../language/language';
import type { Message } from '../../language/message';
import { messageText } from '../../language/message-text';
import { END_LABELS } from '../../runs/end-labels';
import type { RunState } from '../../runs/record';
import { backendName } from '../../experiment/backends';
import { count } from '../controls/format';
import type { RunStatus } from '../store/run';

export type StatusRun = Pick<
  RunState,
  'series' | 'totalSteps' | 'evaluations' | 'environment' | 'end' | 'plan' | 'whole'
>;

/** The last recorded value; null if there is none. */
const latest = (values: Float32Array): number | null => values[lastFinite(values)] ?? null;

/** Step, loss, top-1 and backend, as far as they are known, as parts of a line. */
export function statusParts(run: StatusRun | null, status: RunStatus, preparing: Message | null): string[] {
  if (status === 'preparing') return [`${preparing ? messageText(preparing) : ''}…`];
  if (!run?.plan) return [run?.end ? t(END_LABELS[run.end.how]) : t('Not started')];
  const { series, totalSteps, evaluations, environment } = run;
  // At an earlier step the run has not ended.
  const end = run.whole ? null : run.end;
  const loss = latest(series.scalar('loss'));
  const tested = evaluations.findLast(({ step }) => step > 0);
  const trained = latest(series.scalar('accuracy'));
  const parts = [
    t('Step {{done}} of {{total}}', { done: count(end?.step ?? series.count), total: count(totalSteps) }),
  ];
  if (end) parts.push(t(END_LABELS[end.how]));
  else if (status === 'paused' && !run.whole) parts.push(t('paused'));
  if (loss !== null) parts.push(t('Loss {{value}}', { value: loss.toFixed(2) }));
  if (tested) parts.push(t('Test top-1 {{value}} %', { value: (100 * tested.top1).toFixed(1) }));
  else if (trained !== null) parts.push(t('Train top-1 {{value}} %', { value: (100 * trained).toFixed(1) }));
  if (environment) parts.push(backendName(environment.backend));
  return parts;
}
