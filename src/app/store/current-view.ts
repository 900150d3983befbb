/** Which view the page shows; the address has it too, so that it can be linked and survives a reload. */
import { create } from 'zustand';
import { ARRIVAL } from '../address/opened-link';
import type { ViewId } from '../../page/views';

export { VIEWS, type ViewId } from '../../page/views';

export const useView = create<{ view: ViewId }>(() => ({ view: ARRIVAL.page.view }));

export const showView = (view: ViewId): void => useView.setState({ view });
