/** Keeps the address bar and the page in step, so that the address is always a link to what one sees. */
import { experimentToQuery } from '../../experiment/url';
import { splitQuery, withPage, type PageLink } from '../address/page-link';
import { fragmentWith, readAddress } from '../address/opened-link';
import { useExperiment } from './experiment';
import { readGhost, useGhost } from './link-result';
import { readPage, usePage } from './page-options';
import { useView } from './current-view';

/** What the page is now, for a link. */
export const currentPage = (): PageLink => ({ ...usePage.getState(), view: useView.getState().view });

/** Follows both. Returns how to stop. */
export function followAddress(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let arrived = useExperiment.getState();

  const write = () => {
    clearTimeout(timer);
    const { search, hash, pathname } = window.location;
    const { experiment, beside } = useExperiment.getState();
    // A bare address stays bare until something of the experiment is changed.
    const bare =
      splitQuery(search).experiment === '' && experiment === arrived.experiment && beside === arrived.beside;
    const query = withPage(bare ? '' : experimentToQuery(experiment, beside), currentPage());
    const fragment = fragmentWith(useGhost.getState().text, hash);
    if (query !== search || fragment !== hash)
      window.history.replaceState(window.history.state, '', pathname + query + fragment);
  };
  const read = () => {
    clearTimeout(timer);
    const arrival = readAddress(window.location.search, window.location.hash);
    useExperiment.getState().readQuery(arrival.experiment, arrival.notices);
    readPage(arrival.page);
    readGhost(arrival);
    useView.setState({ view: arrival.page.view });
    clearTimeout(timer);
    arrived = useExperiment.getState();
  };

  const stops = [
    useExperiment.subscribe((state, before) => {
      if (state.experiment === before.experiment && state.beside === before.beside) return;
      // Browsers refuse more than a hundred writes in half a minute; a held arrow key makes more.
      clearTimeout(timer);
      timer = setTimeout(write, 120);
    }),
    useView.subscribe(write),
    usePage.subscribe(write),
    useGhost.subscribe(write),
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
