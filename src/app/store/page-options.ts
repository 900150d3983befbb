/** What the link says of the page itself: what is hidden, the lesson, whether it is embedded or presented. */
import { create } from 'zustand';
import { isHidden, type HidableName } from '../../page/link-names';
import type { PageLink } from '../address/page-link';
import { ARRIVAL } from '../address/opened-link';

export type PageState = Omit<PageLink, 'view'>;

const stateOf = ({ at, hide, lesson, step, replay, embed, present, notes, lang }: PageLink): PageState => ({
  at,
  hide,
  lesson,
  step,
  replay,
  embed,
  present,
  notes,
  lang,
});

export const usePage = create<PageState>(() => stateOf(ARRIVAL.page));

/** Takes what an address says. */
export const readPage = (page: PageLink): void => usePage.setState(stateOf(page));

/** Whether the link hides a part of the page, or something around it. */
export const useHidden = (name: HidableName): boolean => usePage(({ hide }) => isHidden(hide, name));

export const showEverything = (): void => usePage.setState({ hide: [] });
