/** The link of a score: with the result of its run if the history has it, so that the result can be compared and collected by a class. */
import type { Experiment } from '../../experiment/settings';
import { experimentOf } from '../../lessons/measures';
import { repetitionKey } from '../../experiment/same-training';
import { HistoryError, loadRun } from '../../runs/history/store';
import { resultLink } from '../../runs/result-link';
import { ResultLinkError } from '../../runs/shared-result';
import { pageBase, shareLink } from '../share/links';
import { PLAIN_PAGE } from '../address/page-link';
import { linkTo } from '../store/experiment';
import { useHistory } from '../store/history';

/** The latest complete run in the history with these settings and this seed; null if there is none. */
function runOf(experiment: Experiment): string | null {
  const key = repetitionKey(experiment);
  const found = useHistory.getState().entries.filter((entry) => {
    if (entry.deletedAt !== null || entry.end?.how !== 'finished' || entry.origin) return false;
    const own = experimentOf(entry.query);
    return own.seed === experiment.seed && repetitionKey(own) === key;
  });
  return found.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0]?.id ?? null;
}

/** A link to the experiment of a score, with the result of its run if that is stored and fits. */
export async function scoreLink(experiment: Experiment): Promise<string> {
  const id = runOf(experiment);
  if (id === null) return linkTo(experiment, null);
  try {
    const run = await loadRun(id);
    const result = resultLink(run, __APP_VERSION__);
    return shareLink(pageBase(), { experiment: run.experiment, beside: null, page: PLAIN_PAGE, result });
  } catch (error) {
    // The run was removed meanwhile, or its result is too long for a link: the link has the experiment only.
    if (error instanceof ResultLinkError || error instanceof HistoryError) return linkTo(experiment, null);
    throw error;
  }
}
