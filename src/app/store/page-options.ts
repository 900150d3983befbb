/** Store of the state of the page from its link: what is hidden, the lesson, embedding, presenting. */
import { create } from 'zustand';
import { isHidden, type HidableName } from '../../page/link-names';
import type { PageLink } from '../address/page-link';
import { OPENED_LINK } from '../address/opened-link';

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

export const usePage = create<PageState>(() => stateOf(OPENED_LINK.page));

/** Takes the state from an address. */
export const readPage = (page: PageLink): void => usePage.setState(stateOf(page));

/** Whether the link hides a part of the page, or a part that contains it. */
export const useHidden = (name: HidableName): boolean => usePage(({ hide }) => isHidden(hide, name));

export const showEverything = (): void => usePage.setState({ hide: [] });
