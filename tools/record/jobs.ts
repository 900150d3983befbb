/** The runs that the recording command trains, and tables of their results. */
import { experimentFromQuery, experimentToQuery } from '../../src/experiment/url';
import { PANEL_LABELS, PANELS } from '../../src/network/curves';
import { namesOf } from '../../src/runs/differences';
import { fileStem } from '../../src/runs/files/file-names';
import { groupRuns, oncePerSeed } from '../../src/runs/groups';
import { isComplete, outcomeDigits, outcomeOf, spreadText, type Outcome } from '../../src/runs/outcomes';
import { fromRecord, type RunState } from '../../src/runs/record';
import { parseRecord, type RunRecord } from '../../src/runs/record-schema';
import { spreadOf } from '../../src/runs/statistics';
import { parseSweep, planSweep } from '../../src/runs/sweep';

/** One run: all its settings, including the seed, as a query that the page would write. */
export interface Job {
  query: string;
  seed: number;
}

/**
 * The runs of links (whole links or queries), each with the seeds 1 … `seeds` if that is given, and of the text of a
 * sweep file. `notes` lists what is left out. Throws SweepError if the text is not a sweep.
 */
export function jobsOf(
  links: readonly string[],
  seeds: number | null,
  sweep: string | null,
): { jobs: Job[]; notes: string[] } {
  const notes: string[] = [];
  const jobs = links.flatMap((link) => {
    const { experiment, notices, beside } = experimentFromQuery(`?${link.slice(link.indexOf('?') + 1)}`);
    for (const { message } of notices) notes.push(`${link}: ${message}`);
    if (beside && link.includes('vs='))
      notes.push('A record is of one run: the one beside it (vs=…) is left out.');
    const wanted = seeds === null ? [experiment.seed] : Array.from({ length: seeds }, (_, i) => i + 1);
    return wanted.map((seed) => ({ query: experimentToQuery({ ...experiment, seed }), seed }));
  });
  if (sweep !== null) {
    const { runs, leftOut } = planSweep(parseSweep(sweep));
    for (const { values, reason } of leftOut) notes.push(`${values.join(', ')} is left out: ${reason}`);
    jobs.push(...runs.map(({ query, seed }) => ({ query, seed })));
  }
  return { jobs: [...new Map(jobs.map((job) => [job.query, job])).values()], notes };
}

/** Name of a record's files without extension: "quiet-otter-seed-3". */
export const stemOf = ({ name, query }: RunRecord): string =>
  `${fileStem(name)}-seed-${experimentFromQuery(query).experiment.seed}`;

/** Parses the text of a record file. Throws RecordError if it is not a record. */
export const recordIn = (text: string): RunRecord => parseRecord(text);

/** A table with one row per run, and below it the means over seeds of the settings that were run with several. */
export function summaryOf(records: readonly RunRecord[]): string {
  const runs = records.map((record) => fromRecord(record));
  const panel = PANELS.find((one) => runs.some(({ curves }) => curves.some((curve) => curve.panel === one)));
  const outcomes: { label: string; outcome: Outcome }[] = [
    { label: 'top-1 %', outcome: 'top1' },
    ...(panel ? [{ label: `dip % (${PANEL_LABELS[panel]})`, outcome: `dipDepth.${panel}` as const }] : []),
    { label: 'images/s', outcome: 'imagesPerSecond' },
  ];
  const names = namesOf(
    runs.map(({ experiment }) => ({ ...experiment, seed: 0 })),
    'default',
  );
  const cell = (run: RunState, outcome: Outcome) =>
    outcomeOf(run, outcome)?.toFixed(outcomeDigits(outcome)) ?? '–';
  const head = ['run', 'what differs', 'seed', 'steps', ...outcomes.map(({ label }) => label), 'end'];
  const rows = runs.map((run, i) => [
    run.name,
    names[i]!,
    String(run.experiment.seed),
    `${run.end?.step ?? run.series.count}/${run.totalSteps}`,
    ...outcomes.map(({ outcome }) => cell(run, outcome)),
    run.end?.how ?? 'unfinished',
  ]);
  const groups = groupRuns(runs).flatMap((group) => {
    const counted = oncePerSeed(group.runs.filter(isComplete));
    if (counted.length < 2) return [];
    const spreads = outcomes.map(({ outcome }) =>
      spreadText(spreadOf(counted.map((run) => outcomeOf(run, outcome) ?? NaN)), outcomeDigits(outcome)),
    );
    return [[names[runs.indexOf(group.runs[0]!)]!, ...spreads]];
  });
  if (groups.length === 0) return aligned([head, ...rows]);
  const means = [['mean ± deviation (seeds)', ...outcomes.map(({ label }) => label)], ...groups];
  return `${aligned([head, ...rows])}\n\n${aligned(means)}`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
