/** Which view the page shows; the address has it too, so that it can be linked and survives a reload. */
import { create } from 'zustand';
import { ARRIVAL } from './arrival';
import type { ViewId } from './views';

export { VIEWS, type ViewId } from './views';

export const useView = create<{ view: ViewId }>(() => ({ view: ARRIVAL.page.view }));

export const showView = (view: ViewId): void => useView.setState({ view });
