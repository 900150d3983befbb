/** Names and links of runs, for the footer of saved charts. */
import type { Source } from '../../charts/sources';
import type { RunState } from '../../runs/record';
import { linkTo } from '../store/experiment';

export const sourcesOf = (runs: readonly (Pick<RunState, 'name' | 'experiment'> | null)[]): Source[] =>
  runs.flatMap((run) => (run ? [{ name: run.name, link: linkTo(run.experiment, null) }] : []));
