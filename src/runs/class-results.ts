/**
 * The results of a class, merged: each run once, in groups that repeat one experiment on the same images. Means are over
 * finished runs, and every seed counts once: the same seed on another machine repeats the numbers and adds no evidence.
 */
import type { Experiment } from '../experiment/settings';
import { DEFAULT_EXPERIMENT } from '../experiment/settings';
import { t } from '../language/language';
import { messageInEnglish } from '../language/message';
import { messageText } from '../language/message-text';
import { PANELS, type Panel } from '../network/curves';
import { namesOf } from './differences';
import { groupRuns, oncePerSeed } from './groups';
import { dipPartsOf, isComplete, isPlain, type Outcome } from './outcomes';
import { dipOf, parseResultLink, type SharedResult } from './shared-result';
import { sharedView, type SharedView } from './shared-view';
import { spreadOf, type Spread } from './statistics';

export interface ClassResult {
  /** The value of `#r=` that it was read from. */
  text: string;
  shared: SharedResult;
  experiment: Experiment;
  /** Its curves, as charts read them. */
  view: SharedView;
}

/** Reads one result. Throws ResultLinkError. */
export function readClassResult(text: string): ClassResult {
  const shared = parseResultLink(text);
  const view = sharedView(shared);
  return { text, shared, experiment: view.experiment, view };
}

/** Imported results, by whether they were new. */
export interface Merged {
  results: ClassResult[];
  fresh: ClassResult[];
  /** Results that replace one with fewer steps or coarser curves. */
  better: ClassResult[];
  /** Results of runs that are present already. */
  known: ClassResult[];
}

/** Whether `a` has more data about a run than `b`. */
function isBetter(a: SharedResult, b: SharedResult): boolean {
  if (a.steps !== b.steps) return a.steps > b.steps;
  if ((a.end === null) !== (b.end === null)) return a.end !== null;
  const points = ({ curves }: SharedResult) => curves.reduce((sum, { steps }) => sum + steps.length, 0);
  return points(a) > points(b);
}

/** Merges results; of two of one run the better one is kept, at the place of the first. */
export function mergeResults(before: readonly ClassResult[], imported: readonly ClassResult[]): Merged {
  const all = new Map(before.map((result) => [result.shared.id, result]));
  const merged: Omit<Merged, 'results'> = { fresh: [], better: [], known: [] };
  for (const result of imported) {
    const here = all.get(result.shared.id);
    const how = !here ? 'fresh' : isBetter(result.shared, here.shared) ? 'better' : 'known';
    merged[how].push(result);
    if (how !== 'known') all.set(result.shared.id, result);
  }
  return { results: [...all.values()], ...merged };
}

export interface ClassGroup {
  key: string;
  /** What sets it apart from the other groups: "Factor k 2". */
  name: string;
  results: ClassResult[];
  /** Runs included in the mean: finished, one per seed. */
  counted: ClassResult[];
  diverged: number;
  /** Stopped, failed or still going on when they were shared. */
  incomplete: number;
  /** Number of finished runs whose seed is counted already. */
  repeated: number;
  /** How many results came from each backend, the most frequent first. */
  backends: [SharedResult['backend'], number][];
}

/** Groups in the order of their first results. */
export function groupsOf(results: readonly ClassResult[]): ClassGroup[] {
  const byData = new Map<string, ClassResult[]>();
  for (const result of results) {
    const { digest } = result.shared.dataset;
    byData.set(digest, [...(byData.get(digest) ?? []), result]);
  }
  const groups = [...byData].flatMap(([digest, own]) =>
    groupRuns(own.map((result) => ({ result, ...result, origin: result.shared.origin }))).map(
      ({ key, runs }) => ({ key: `${digest} ${key}`, results: runs.map(({ result }) => result) }),
    ),
  );
  const place = new Map(results.map((result, i) => [result, i]));
  groups.sort((a, b) => place.get(a.results[0]!)! - place.get(b.results[0]!)!);
  const names = namesOfGroups(groups.map((group) => group.results[0]!));
  return groups.map(({ key, results: own }, i) => {
    const complete = own.filter(({ shared }) => isComplete(shared));
    const counted = oncePerSeed(complete);
    const diverged = own.filter(({ shared }) => shared.end?.how === 'diverged').length;
    const backends = new Map<SharedResult['backend'], number>();
    for (const { shared } of own) backends.set(shared.backend, (backends.get(shared.backend) ?? 0) + 1);
    return {
      key,
      name: names[i]!,
      results: own,
      counted,
      diverged,
      incomplete: own.length - complete.length - diverged,
      repeated: complete.length - counted.length,
      backends: [...backends].toSorted((a, b) => b[1] - a[1]),
    };
  });
}

/** Names groups by their settings; where those are equal, by the data set or by the step at which they began. */
function namesOfGroups(firsts: readonly ClassResult[]): string[] {
  const seed = DEFAULT_EXPERIMENT.seed;
  const names = namesOf(
    firsts.map(({ experiment }) => ({ ...experiment, seed })),
    t('The same settings'),
  );
  return firsts.map(({ shared: { dataset, origin } }, i) => {
    const alike = names.filter((name) => name === names[i]).length > 1;
    if (!alike) return names[i]!;
    const values = {
      settings: names[i]!,
      dataset: messageText(dataset.label),
      digest: dataset.digest.slice(0, 6),
    };
    return origin
      ? t('{{settings}}, {{dataset}} {{digest}}, from step {{step}}', { ...values, step: origin.step })
      : t('{{settings}}, {{dataset}} {{digest}}', values);
  });
}

/** The outcomes that results can have: test results, the last training loss, the dips of the panels that have a curve. */
export function classOutcomes(results: readonly ClassResult[]): Outcome[] {
  const panels = panelsIn(results);
  return [
    'top1',
    'loss',
    'testLoss',
    ...panels.flatMap((panel) => [`dipDepth.${panel}`, `dipStep.${panel}`] as const),
  ];
}

/** Panels of which any result has a curve. */
export const panelsIn = (results: readonly ClassResult[]): Panel[] =>
  PANELS.filter((panel) => results.some(({ shared }) => shared.curves.some(({ of }) => of === panel)));

/** A result's value, as `outcomeOf` has it of a run; null where there is none. */
export function classOutcome({ shared }: Pick<ClassResult, 'shared'>, outcome: Outcome): number | null {
  if (!isPlain(outcome)) {
    const [what, panel] = dipPartsOf(outcome);
    if (!shared.curves.some(({ of }) => of === panel)) return null;
    const dip = dipOf(shared, panel);
    return what === 'dipDepth' ? (dip?.depth ?? 0) * 100 : (dip?.step ?? null);
  }
  const last = shared.evaluations.at(-1);
  switch (outcome) {
    case 'top1':
      return last ? last.top1 * 100 : null;
    case 'testLoss':
      return last?.loss ?? null;
    case 'loss':
      return shared.curves.find(({ of }) => of === 'loss')?.values.at(-1) ?? null;
    case 'imagesPerSecond':
      return null;
    default:
      return outcome satisfies never;
  }
}

/** Mean and spread over a group's counted results. */
export const spreadIn = ({ counted }: Pick<ClassGroup, 'counted'>, outcome: Outcome): Spread =>
  spreadOf(counted.flatMap((result) => classOutcome(result, outcome) ?? []));

/** How a result's machine differs from most of its group; empty where it does not. */
export function machineDifferences(
  result: ClassResult,
  group: Pick<ClassGroup, 'results' | 'backends'>,
): string[] {
  const { shared, experiment } = result;
  if (group.backends.length > 1 && shared.backend !== group.backends[0]![0]) return [t('other backend')];
  const same = group.results.filter((other) => other.shared.backend === shared.backend);
  const adapters = new Map<string, number>();
  const adapterOf = (one: SharedResult) => messageInEnglish(one.adapter);
  for (const other of same) {
    const adapter = adapterOf(other.shared);
    adapters.set(adapter, (adapters.get(adapter) ?? 0) + 1);
  }
  const most = [...adapters].toSorted((a, b) => b[1] - a[1])[0]?.[0];
  const twin = same.find(
    (other) =>
      other !== result &&
      other.experiment.seed === experiment.seed &&
      other.shared.end?.digest != null &&
      shared.end?.digest != null &&
      other.shared.end.step === shared.end.step,
  );
  // Reproducible WebAssembly arithmetic gives equal weights everywhere, so different ones point to a fault.
  const exact = shared.backend === 'wasm' && experiment.arithmetic === 'reproducible';
  const strays = exact && twin !== undefined && twin.shared.end!.digest !== shared.end!.digest;
  return [
    ...(adapterOf(shared) === most ? [] : [t('other device')]),
    ...(strays ? [t('other weights than {{run}}, of the same seed', { run: twin.shared.name })] : []),
  ];
}
