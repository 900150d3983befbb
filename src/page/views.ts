/** The views of the page, by their names in a link; labels are translated where they are shown. */
import { phrase } from '../language/language';

export const VIEWS = [
  { id: 'lab', label: phrase('Lab') },
  { id: 'runs', label: phrase('Runs') },
  { id: 'sweeps', label: phrase('Sweeps') },
  { id: 'data', label: phrase('Data') },
  { id: 'study', label: phrase('Study') },
  { id: 'lessons', label: phrase('Lessons') },
  { id: 'class', label: phrase('Class') },
  { id: 'benchmark', label: phrase('Benchmark') },
] as const;
export type ViewId = (typeof VIEWS)[number]['id'];
