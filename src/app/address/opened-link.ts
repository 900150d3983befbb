/** Parses an address: the experiment, the state of the page, and a result in its fragment. */
import type { Notice } from '../../experiment/validation';
import { parseResultLink, ResultLinkError, type SharedResult } from '../../runs/shared-result';
import { replayByName } from '../../runs/replays';
import { splitQuery, type PageLink } from './page-link';
import { VIEWS } from '../../page/views';

export interface OpenedLink {
  page: PageLink;
  /**
   * Query of the experiment: the address's own, else that of the result or of the recording; empty if there is none.
   */
  experiment: string;
  notices: readonly Notice[];
  /** The result in the fragment, with the text it was read from; null if there is none or it is unreadable. */
  result: { text: string; shared: SharedResult } | null;
  /** Text of a result that cannot be read; `whyUnreadable` gives the reason. */
  unreadable: string | null;
}

const RESULT = '#r=';

/** Never throws: what cannot be read is reported in `notices` and `unreadable`. */
export function readAddress(search: string, hash: string): OpenedLink {
  const { page, experiment, notices } = splitQuery(search);
  // Old links have the view in the fragment: "#study".
  const view = VIEWS.find(({ id }) => hash === `#${id}`)?.id ?? page.view;
  let result: OpenedLink['result'] = null;
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

/**
 * Why the text of a result cannot be read. Computed where it is shown, because addresses are read before the language
 * is chosen.
 */
export function whyUnreadable(text: string): string {
  try {
    parseResultLink(text);
    return '';
  } catch (error) {
    if (error instanceof ResultLinkError) return error.message;
    throw error;
  }
}

/** The address that the page was opened with. */
export const OPENED_LINK: OpenedLink =
  typeof window === 'undefined'
    ? readAddress('', '')
    : readAddress(window.location.search, window.location.hash);

/** The fragment of an address. It contains the result while one is drawn behind the charts. */
export function fragmentWith(text: string | null, before: string): string {
  if (text !== null) return RESULT + text;
  return before.startsWith(RESULT) || VIEWS.some(({ id }) => before === `#${id}`) ? '' : before;
}
