/** A Markdown report of selected runs, to be read without the lab. */
import { experimentToQuery } from '../experiment/url';
import { t } from '../language/language';
import { messageText } from '../language/message-text';
import { PANEL_LABELS, PANELS } from '../network/curves';
import { differenceTable, namesOf } from './differences';
import { groupRuns, oncePerSeed } from './groups';
import { END_LABELS } from './end-labels';
import {
  isComplete,
  outcomeDigits,
  outcomeLabel,
  outcomeOf,
  outcomesOf,
  spreadText,
  type Outcome,
} from './outcomes';
import type { RunState } from './record';
import { differenceOf, spreadOf, type Spread } from './statistics';

export interface ReportedRun {
  name: string;
  run: RunState;
}

export interface Report {
  title: string;
  /** For people, "2026-11-24". */
  date: string;
  /** At least one. */
  runs: readonly ReportedRun[];
  /** Charts saved beside the report: a caption and the path from the report to the image. */
  images: readonly { caption: string; path: string }[];
  /** Address of the lab, to which a run's query is appended: "https://example.org/lab/"; a bare query where empty. */
  lab: string;
}

/** CommonMark with tables. Names and titles are escaped, so that they are never read as markup. */
export function markdownReport({ title, date, runs, images, lab }: Report): string {
  const parts = [
    `# ${escaped(title)}`,
    escaped(date),
    `## ${t('Runs')}`,
    ...runs.map((reported) => aboutRun(reported, lab)),
    `## ${t('Settings that differ')}`,
    settingsTable(runs),
    `## ${t('Numbers')}`,
    numbersTable(runs),
    ...groupsPart(runs),
    ...(images.length > 0 ? [`## ${t('Charts')}`] : []),
    ...images.map(({ caption, path }) => `![${escaped(caption)}](${address(path)})`),
  ];
  return `${parts.join('\n\n')}\n`;
}

function aboutRun({ name, run }: ReportedRun, lab: string): string {
  const { environment, dataset, end } = run;
  const link = `${lab}${experimentToQuery(run.experiment)}`;
  const begun = { time: escaped(run.createdAt), seed: run.experiment.seed };
  const lines = [
    `- [${t('Open this experiment')}](${address(link)})`,
    `- ${
      end
        ? t('Started {{time}}, seed {{seed}}; {{how}} at step {{step}}: {{reason}}', {
            ...begun,
            how: t(END_LABELS[end.how]),
            step: end.step,
            reason: escaped(messageText(end.reason)),
          })
        : t('Started {{time}}, seed {{seed}}; still going on.', begun)
    }`,
    `- ${
      environment
        ? t('Computed by {{backend}}, {{adapter}}', {
            backend: escaped(environment.backend),
            adapter: escaped(messageText(environment.adapter)),
          })
        : t('Computed by nothing yet')
    }`,
    ...(dataset
      ? [
          `- ${t('Data {{dataset}}, {{train}} training and {{test}} test images, digest {{digest}}', {
            dataset: escaped(messageText(dataset.label)),
            train: dataset.trainUsed.toLocaleString('en'),
            test: dataset.testUsed.toLocaleString('en'),
            digest: escaped(dataset.digest),
          })}`,
        ]
      : []),
  ];
  return `### ${escaped(name)}\n\n${lines.join('\n')}`;
}

function settingsTable(runs: readonly ReportedRun[]): string {
  const rows = differenceTable(runs.map(({ run }) => run.experiment));
  if (rows.length === 0) return runs.length > 1 ? t('None.') : t('There is one run only.');
  return table(
    [t('Setting'), ...runs.map(({ name }) => name)],
    rows.map(({ label, values }) => [label, ...values]),
  );
}

const number = (value: number | null, digits: number) => (value === null ? '–' : value.toFixed(digits));

/** One row per run: steps, results, the last block's dips ("28.00 % at 37"), speed, digest of the weights. */
function numbersTable(runs: readonly ReportedRun[]): string {
  const panels = PANELS.filter((panel) =>
    runs.some(({ run }) => run.curves.some((curve) => curve.panel === panel)),
  );
  const plain = (run: RunState, outcome: Outcome) => number(outcomeOf(run, outcome), outcomeDigits(outcome));
  return table(
    [
      t('Run'),
      t('Steps'),
      ...(['top1', 'loss', 'testLoss'] as const).map(outcomeLabel),
      ...panels.map((panel) => t('Dip of {{panel}}, last block', { panel: t(PANEL_LABELS[panel]) })),
      outcomeLabel('imagesPerSecond'),
      t('Digest of the weights'),
    ],
    runs.map(({ name, run }) => [
      name,
      t('{{done}} of {{total}}', { done: run.end?.step ?? run.series.count, total: run.totalSteps }),
      plain(run, 'top1'),
      plain(run, 'loss'),
      plain(run, 'testLoss'),
      ...panels.map((panel) => {
        const depth = outcomeOf(run, `dipDepth.${panel}`);
        const step = outcomeOf(run, `dipStep.${panel}`);
        return depth === null
          ? '–'
          : step === null
            ? t('none')
            : t('{{depth}} % at {{step}}', { depth: depth.toFixed(2), step });
      }),
      plain(run, 'imagesPerSecond'),
      run.end?.digest ?? '–',
    ]),
  );
}

/** Means over seeds, and every group against the first; nothing where no settings were run twice. */
function groupsPart(runs: readonly ReportedRun[]): string[] {
  const groups = groupRuns(runs.map(({ run }) => run));
  const counted = groups.map((group) => oncePerSeed(group.runs.filter(isComplete)));
  if (!counted.some((group) => group.length > 1)) return [];
  const names = namesOf(
    groups.map((group) => ({ ...group.runs[0]!.experiment, seed: 0 })),
    t('All runs'),
  );
  const outcomes = outcomesOf(counted.flat());
  const spreads = counted.map((group) =>
    outcomes.map((outcome) => spreadOf(group.map((run) => outcomeOf(run, outcome) ?? NaN))),
  );
  const left = runs.length - counted.reduce((sum, group) => sum + group.length, 0);
  const mixed = counted.some((group) => new Set(group.map(({ dataset }) => dataset?.digest)).size > 1);
  const about = [
    t('Mean ± standard deviation over seeds (number of seeds).'),
    ...(left > 0
      ? [t('{{count}} runs are not in it: not finished, or a seed run again.', { count: left })]
      : []),
    ...(mixed ? [t('A group has runs on different data: see their digests above.')] : []),
  ].join(' ');
  const rows = outcomes.map((outcome, o) => [
    outcomeLabel(outcome),
    ...spreads.map((group) => spreadText(group[o]!, outcomeDigits(outcome))),
  ]);
  const comparisons = names.slice(1).map((name, i) => {
    const lines = outcomes.flatMap((outcome, o) => {
      const words = differenceInWords(spreads[i + 1]![o]!, spreads[0]![o]!, outcomeDigits(outcome));
      return words === null
        ? []
        : [`- ${t('{{outcome}}: {{words}}', { outcome: escaped(outcomeLabel(outcome)), words })}`];
    });
    return `### ${t('{{name}}, beside {{other}}', { name: escaped(name), other: escaped(names[0]!) })}\n\n${lines.join('\n')}`;
  });
  const rule = t(
    'Intervals are Welch’s, at 95 %; a difference counts where its interval leaves out zero. Each is for its own comparison: of twenty without any true difference, one is expected to count.',
  );
  return [
    `## ${t('Groups')}`,
    about,
    table(['', ...names], rows),
    ...(comparisons.length > 0 ? [`## ${t('Differences between groups')}`, rule, ...comparisons] : []),
  ];
}

/** "higher by 1.23, 95 % interval 0.41 to 2.05"; null where one side has no value at all. */
function differenceInWords(a: Spread, b: Spread, digits: number): string | null {
  if (a.n === 0 || b.n === 0) return null;
  const { difference, low, high, verdict } = differenceOf(a, b);
  const values = {
    difference: difference.toFixed(digits),
    size: Math.abs(difference).toFixed(digits),
    low: low.toFixed(digits),
    high: high.toFixed(digits),
  };
  switch (verdict) {
    case 'too few':
      return t('too few seeds to tell (difference {{difference}})', values);
    case 'undecided':
      return t('cannot be told apart (difference {{difference}}, 95 % interval {{low}} to {{high}})', values);
    case 'higher':
      return t('higher by {{size}}, 95 % interval {{low}} to {{high}}', values);
    case 'lower':
      return t('lower by {{size}}, 95 % interval {{low}} to {{high}}', values);
    default:
      return verdict satisfies never;
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Text as it is, on one line: everything that Markdown, a table or HTML would read as its own is escaped. */
const escaped = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|#~$!]/g, String.raw`\$&`);

/** A link's target: characters that would end it, or a table's cell, are encoded. */
const address = (path: string): string =>
  path
    .replaceAll(/[\s<>\\|"`]/g, encodeURIComponent)
    .replaceAll('(', '%28')
    .replaceAll(')', '%29');
