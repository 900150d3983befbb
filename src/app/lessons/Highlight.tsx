/** A ring round the part of the page that a step is about. A rule of style rather than a mark on the element: it holds however often the page draws that anew. */
import type { PartName } from '../../lessons/page-parts';
import { PLACES } from './part-locations';

export function Highlight({ part }: { part: PartName }) {
  return (
    <style>{`${PLACES[part].selector} {
      outline: 3px solid var(--lesson-ring);
      outline-offset: 2px;
      border-radius: var(--mantine-radius-md);
      scroll-margin: var(--lesson-above) 0 var(--lesson-below);
    }`}</style>
  );
}
