/** The views of the page, by their names in a link. */
export const VIEWS = [
  { id: 'lab', label: 'Lab' },
  { id: 'runs', label: 'Runs' },
  { id: 'sweeps', label: 'Sweeps' },
  { id: 'data', label: 'Data' },
  { id: 'study', label: 'Study' },
  { id: 'lessons', label: 'Lessons' },
  { id: 'class', label: 'Class' },
  { id: 'benchmark', label: 'Benchmark' },
] as const;
export type ViewId = (typeof VIEWS)[number]['id'];
