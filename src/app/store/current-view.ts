/** The view that the page shows. It is part of the address, so it can be linked and survives a reload. */
import { create } from 'zustand';
import { OPENED_LINK } from '../address/opened-link';
import type { ViewId } from '../../page/views';

export { VIEWS, type ViewId } from '../../page/views';

export const useView = create<{ view: ViewId }>(() => ({ view: OPENED_LINK.page.view }));

export const showView = (view: ViewId): void => useView.setState({ view });
