/** Which view the page shows; in the address's hash, so that it can be linked and survives a reload. */
import { create } from 'zustand';

export const VIEWS = [
  { id: 'lab', label: 'Lab' },
  { id: 'runs', label: 'Runs' },
  { id: 'sweeps', label: 'Sweeps' },
  { id: 'data', label: 'Data' },
  { id: 'study', label: 'Study' },
  { id: 'lessons', label: 'Lessons' },
  { id: 'benchmark', label: 'Benchmark' },
] as const;
export type ViewId = (typeof VIEWS)[number]['id'];

/** The view that the hash names; null where it names none, such as the place that the skip link jumps to. */
const fromHash = (): ViewId | null =>
  VIEWS.find(({ id }) => typeof window !== 'undefined' && window.location.hash === `#${id}`)?.id ?? null;

/** The view that a link's `view=` names; the hash, which the page itself writes, goes before it. */
const fromQuery = (): ViewId | null => {
  const asked =
    typeof window === 'undefined' ? null : new URLSearchParams(window.location.search).get('view');
  return VIEWS.find(({ id }) => id === asked)?.id ?? null;
};

export const useView = create<{ view: ViewId }>(() => ({ view: fromHash() ?? fromQuery() ?? 'lab' }));

export function showView(view: ViewId): void {
  useView.setState({ view });
  const { pathname, search } = window.location;
  window.history.replaceState(
    window.history.state,
    '',
    `${pathname}${search}${view === 'lab' ? '' : `#${view}`}`,
  );
}

/** Follows the hash where it is changed by hand or by a link. Returns how to stop. */
export function followHash(): () => void {
  const read = () => {
    const view = fromHash();
    if (view) useView.setState({ view });
  };
  window.addEventListener('hashchange', read);
  return () => window.removeEventListener('hashchange', read);
}
