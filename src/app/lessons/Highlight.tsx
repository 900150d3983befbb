/** An outline around the part of the page that a step is about. It is a style rule and not an attribute of the element, so that it stays when React replaces the element. */
import { selectorOf, type LessonPart } from '../../page/parts';

export function Highlight({ part }: { part: LessonPart }) {
  return (
    <style>{`${selectorOf(part)} {
      outline: 3px solid var(--lesson-ring);
      outline-offset: 2px;
      border-radius: var(--mantine-radius-md);
      scroll-margin: var(--lesson-above) 0 var(--lesson-below);
    }`}</style>
  );
}
