/** Store of the class's results on this machine. They are never sent anywhere. */
import { create } from 'zustand';
import { t } from '../../language/language';
import { messageOf } from '../../language/message-of';
import { mergeResults, readClassResult, type ClassResult, type Merged } from '../../runs/class-results';
import { ResultLinkError } from '../../runs/shared-result';
import { keepResults, keptResults } from './results-database';

/** Greatest number of results: more could not be read in a table or told apart in a figure. */
export const MOST_RESULTS = 500;
/** Greatest number of steps of all results together, because their curves are drawn step by step. */
const MOST_STEPS = 20_000_000;

interface ClassState {
  results: readonly ClassResult[];
  /**
   * Why results are not saved or could not all be read. A function, because the language may change while it is shown.
   */
  problem: (() => string) | null;
}

export const useClass = create<ClassState>(() => ({ results: [], problem: null }));

function set(results: readonly ClassResult[]): void {
  useClass.setState({ results });
  keepResults(results.map(({ text, shared }, number) => ({ id: shared.id, text, number }))).catch(
    (error: unknown) =>
      useClass.setState({
        problem: () =>
          t('These results last only until the page is closed: the browser does not keep them ({{why}}).', {
            why: messageOf(error),
          }),
      }),
  );
}

let loading: Promise<void> | null = null;

/** Loads the saved results, once. */
export const loadClass = (): Promise<void> => (loading ??= load());

async function load(): Promise<void> {
  try {
    const read: ClassResult[] = [];
    let lost = 0;
    for (const { text } of await keptResults()) {
      try {
        read.push(readClassResult(text));
      } catch (error) {
        if (!(error instanceof ResultLinkError)) throw error;
        lost++;
      }
    }
    useClass.setState({
      results: mergeResults(read, useClass.getState().results).results,
      problem:
        lost > 0
          ? () =>
              t(
                '{{lost}} of the results kept here cannot be read by this version of the lab and are left out.',
                { lost },
              )
          : null,
    });
  } catch (error) {
    useClass.setState({
      problem: () =>
        t(
          'The results kept in this browser could not be read ({{why}}). New ones last until the page is closed.',
          { why: messageOf(error) },
        ),
    });
  }
}

/** Result of an import, including what was refused. */
export interface Taken extends Omit<Merged, 'results'> {
  /** Texts in the language of the time of the import. */
  refused: { what: string; why: string }[];
}

/** Imports results. `what` names the source of each, for reports of refusals. */
export async function takeResults(brought: readonly { text: string; what: string }[]): Promise<Taken> {
  await loadClass();
  const refused: Taken['refused'] = [];
  const read: ClassResult[] = [];
  const here = useClass.getState().results;
  const known = new Set(here.map(({ shared }) => shared.id));
  let steps = here.reduce((sum, { shared }) => sum + shared.steps, 0);
  for (const { text, what } of brought) {
    try {
      const result = readClassResult(text);
      const { id } = result.shared;
      if (!known.has(id) && known.size >= MOST_RESULTS)
        throw new ResultLinkError(
          t('expected at most {{most}} results here, found one more; remove some first', {
            most: MOST_RESULTS,
          }),
        );
      if (!known.has(id) && steps + result.shared.steps > MOST_STEPS)
        throw new ResultLinkError(
          t('expected results of {{most}} steps in all, found more; remove some first', {
            most: MOST_STEPS.toLocaleString('en'),
          }),
        );
      if (!known.has(id)) steps += result.shared.steps;
      known.add(id);
      read.push(result);
    } catch (error) {
      if (!(error instanceof ResultLinkError)) throw error;
      refused.push({ what, why: error.message });
    }
  }
  const { results, ...merged } = mergeResults(here, read);
  if (merged.fresh.length + merged.better.length > 0) set(results);
  return { ...merged, refused };
}

/** Removes results; all of them without `ids`. Returns a function that restores them. */
export function removeResults(ids?: readonly string[]): () => void {
  const before = useClass.getState().results;
  set(ids ? before.filter(({ shared }) => !ids.includes(shared.id)) : []);
  return () => set(mergeResults(before, useClass.getState().results).results);
}
