/** What an address says: the experiment, the page, and the result that travels in its fragment. */
import type { Notice } from '../../experiment/validation';
import { parseResultLink, ResultLinkError, type SharedResult } from '../../runs/shared-result';
import { replayByName } from '../../runs/replays';
import { splitQuery, type PageLink } from './page-link';
import { VIEWS } from '../../page/views';

export interface Arrival {
  page: PageLink;
  /** The experiment's query: the address's own, else that of the result or of the recording; empty where none says anything. */
  experiment: string;
  notices: readonly Notice[];
  /** A result, with the text it was read from; null where none came, or none that can be read. */
  result: { text: string; shared: SharedResult } | null;
  /** A result's text that cannot be read; `whyUnreadable` says why. */
  unreadable: string | null;
}

const RESULT = '#r=';

/** Never throws: what cannot be read is told in `notices` and `unreadable`. */
export function readAddress(search: string, hash: string): Arrival {
  const { page, experiment, notices } = splitQuery(search);
  // Links of the lab's first months have the view in the fragment: "#study".
  const view = VIEWS.find(({ id }) => hash === `#${id}`)?.id ?? page.view;
  let result: Arrival['result'] = null;
  let unreadable: string | null = null;
  if (hash.startsWith(RESULT)) {
    const text = hash.slice(RESULT.length);
    try {
      result = { text, shared: parseResultLink(text) };
    } catch (error) {
      if (!(error instanceof ResultLinkError)) throw error;
      unreadable = text;
    }
  }
  const recorded = page.replay === null ? null : replayByName(page.replay)?.query;
  return {
    page: { ...page, view },
    experiment: experiment === '' ? (result?.shared.query ?? recorded ?? '') : experiment,
    notices,
    result,
    unreadable,
  };
}

/** Why a result's text cannot be read: found anew where it is shown, as addresses are read before a language is chosen. */
export function whyUnreadable(text: string): string {
  try {
    parseResultLink(text);
    return '';
  } catch (error) {
    if (error instanceof ResultLinkError) return error.message;
    throw error;
  }
}

/** What the page was opened with. */
export const ARRIVAL: Arrival =
  typeof window === 'undefined'
    ? readAddress('', '')
    : readAddress(window.location.search, window.location.hash);

/** The fragment of an address; where a result lies behind the charts, it is in it. */
export function fragmentWith(text: string | null, before: string): string {
  if (text !== null) return RESULT + text;
  return before.startsWith(RESULT) || VIEWS.some(({ id }) => before === `#${id}`) ? '' : before;
}
