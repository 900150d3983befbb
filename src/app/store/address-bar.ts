/** Synchronises the address bar with the page, so that the address is always a link to what is shown. */
import { experimentToQuery } from '../../experiment/url';
import { splitQuery, withPage, type PageLink } from '../address/page-link';
import { fragmentWith, readAddress } from '../address/opened-link';
import { useExperiment } from './experiment';
import { readLinkResult, useLinkResult } from './link-result';
import { readPage, usePage } from './page-options';
import { useView } from './current-view';

/** The present state of the page, as a link describes it. */
export const currentPage = (): PageLink => ({ ...usePage.getState(), view: useView.getState().view });

/** Starts the synchronisation in both directions. Returns a function that stops it. */
export function followAddress(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let arrived = useExperiment.getState();

  const write = () => {
    clearTimeout(timer);
    const { search, hash, pathname } = window.location;
    const { experiment, beside } = useExperiment.getState();
    // An address without a query stays so until the experiment is changed.
    const bare =
      splitQuery(search).experiment === '' && experiment === arrived.experiment && beside === arrived.beside;
    const query = withPage(bare ? '' : experimentToQuery(experiment, beside), currentPage());
    const fragment = fragmentWith(useLinkResult.getState().text, hash);
    if (query !== search || fragment !== hash)
      window.history.replaceState(window.history.state, '', pathname + query + fragment);
  };
  const read = () => {
    clearTimeout(timer);
    const arrival = readAddress(window.location.search, window.location.hash);
    useExperiment.getState().readQuery(arrival.experiment, arrival.notices);
    readPage(arrival.page);
    readLinkResult(arrival);
    useView.setState({ view: arrival.page.view });
    clearTimeout(timer);
    arrived = useExperiment.getState();
  };

  const stops = [
    useExperiment.subscribe((state, before) => {
      if (state.experiment === before.experiment && state.beside === before.beside) return;
      // Browsers refuse more than 100 writes in 30 s; holding an arrow key makes more.
      clearTimeout(timer);
      timer = setTimeout(write, 120);
    }),
    useView.subscribe(write),
    usePage.subscribe(write),
    useLinkResult.subscribe(write),
  ];
  window.addEventListener('popstate', read);
  window.addEventListener('hashchange', read);
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
    window.removeEventListener('popstate', read);
    window.removeEventListener('hashchange', read);
  };
}
