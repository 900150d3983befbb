/** Exports runs of the history as files: records, series, weights, a report, or all of it in one archive. */
import { t } from '../../language/language';
import { messageText } from '../../language/message-text';
import type { Checkpoint } from '../../training/checkpoint';
import { toRecord, type RunState } from '../record';
import type { Remarks } from '../record-schema';
import { markdownReport } from '../report';
import { tidyCsv } from '../tidy-csv';
import { listedUpTo } from '../list-text';
import type { FileForm } from './safetensors-metadata';
import type { ExportKind } from './export-kinds';
import { fileStems } from './file-names';
import { weightsFile } from './weights';
import { zipped, type ZippedFile } from './zip-writer';

/** A chart that the page has drawn of a run. */
export interface SavedChart {
  /** Id of the run. */
  run: string;
  title: string;
  /** Name of its file, without a folder. */
  file: string;
  svg: Blob;
}

export interface PackRequest {
  kind: ExportKind;
  /** Of runs of the history, at least one. */
  ids: readonly string[];
  charts: readonly SavedChart[];
  app: { version: string; userAgent: string };
  /** Address of the lab, to which a query is appended. */
  lab: string;
  /** For people, "2026-11-24". */
  date: string;
}

/** Where runs come from. */
export interface Shelf {
  run(id: string): Promise<RunState>;
  checkpoint(id: string): Promise<Checkpoint | null>;
  remarks(id: string): Promise<Remarks | null>;
}

export interface Packed {
  name: string;
  blob: Blob;
  /** What is not in it and why, in sentences. */
  notes: string[];
}

const ENDINGS = { trained: 'weights', fused: 'weights-fused', checkpoint: 'checkpoint' } as const;
/** Runs that a note names. */
const NAMED = 4;
const SAFETENSORS = 'application/octet-stream';

/** Packs runs. Throws Error, for people, where one is gone or there is nothing to pack. */
export async function pack(request: PackRequest, shelf: Shelf): Promise<Packed> {
  const runs: RunState[] = [];
  for (const id of request.ids) runs.push(await shelf.run(id));
  const packing = new Packing(request, shelf, runs);
  return { ...(await packing.carryOut()), notes: packing.notes };
}

class Packing {
  private readonly problems: string[] = [];
  /** Names of runs without a checkpoint. */
  private readonly bare: string[] = [];
  private readonly stems: string[];

  constructor(
    private readonly request: PackRequest,
    private readonly shelf: Shelf,
    private readonly runs: readonly RunState[],
  ) {
    this.stems = fileStems(runs.map(({ name }) => name));
  }

  get notes(): string[] {
    const { bare, problems } = this;
    if (bare.length === 0) return problems;
    const names = listedUpTo(bare, NAMED);
    return bare.length === 1
      ? [t('{{run}} has no checkpoint, so there are no weights of it.', { run: names }), ...problems]
      : [t('{{runs}} have no checkpoints, so there are no weights of them.', { runs: names }), ...problems];
  }

  /** What all files are called after: the one run, or how many there are. */
  private get stem(): string {
    return `branch-lab-${this.runs.length === 1 ? this.stems[0]! : `${this.runs.length}-runs`}`;
  }

  async carryOut(): Promise<Omit<Packed, 'notes'>> {
    const { kind } = this.request;
    switch (kind) {
      case 'series':
        return {
          name: `${this.stem}.csv`,
          blob: new Blob([...tidyCsv(this.namedRuns)], { type: 'text/csv;charset=utf-8' }),
        };
      case 'record':
        if (this.runs.length === 1)
          return {
            name: `${this.stem}.json`,
            blob: new Blob([await this.record(this.runs[0]!)], { type: 'application/json' }),
          };
        return this.archive('records', this.records());
      case 'weights':
      case 'fused':
        return this.weights(kind === 'fused' ? 'fused' : 'trained');
      case 'report':
        return this.archive('report', this.report());
      case 'everything':
        return this.archive('everything', this.everything());
      default:
        return kind satisfies never;
    }
  }

  private get namedRuns() {
    return this.runs.map((run) => ({ name: run.name, run }));
  }

  private async archive(
    what: string,
    files: AsyncIterable<ZippedFile> | Iterable<ZippedFile>,
  ): Promise<Omit<Packed, 'notes'>> {
    return { name: `${this.stem}-${what}.zip`, blob: await zipped(files) };
  }

  private async record(run: RunState): Promise<string> {
    const remarks = await this.shelf.remarks(run.id);
    return JSON.stringify(toRecord(run, this.request.app, remarks ?? undefined));
  }

  private async *records(): AsyncGenerator<ZippedFile> {
    for (const [i, run] of this.runs.entries())
      yield { path: `${this.stems[i]!}.json`, content: [await this.record(run)] };
  }

  private async weights(form: 'trained' | 'fused'): Promise<Omit<Packed, 'notes'>> {
    if (this.runs.length === 1) {
      const [run] = this.runs as [RunState];
      const file = await this.weightsOf(run, form);
      if (!file) throw new Error(this.notes[0]);
      const blob = new Blob([file], { type: SAFETENSORS });
      return { name: `${this.stem}-${ENDINGS[form]}.safetensors`, blob };
    }
    let written = 0;
    const files = async function* (this: Packing): AsyncGenerator<ZippedFile> {
      for (const [i, run] of this.runs.entries()) {
        const content = await this.weightsOf(run, form);
        if (!content) continue;
        written++;
        yield { path: `${this.stems[i]!}-${ENDINGS[form]}.safetensors`, content };
      }
    };
    const archive = await this.archive(ENDINGS[form], files.call(this));
    if (written === 0)
      throw new Error(t('None of these runs has such weights. {{why}}', { why: this.notes[0] }));
    return archive;
  }

  /** Null, with a note, where a run has none. */
  private async weightsOf(run: RunState, form: FileForm): Promise<Uint8Array<ArrayBuffer> | null> {
    const checkpoint = await this.shelf.checkpoint(run.id);
    if (!checkpoint) {
      this.bare.push(run.name);
      return null;
    }
    const { file, reason } = weightsFile(run, checkpoint, form, this.request.app.version);
    if (file) return new Uint8Array(file);
    this.problems.push(
      t('{{run}} has no fused form. {{reason}}', {
        run: run.name,
        reason: reason ? messageText(reason) : '',
      }),
    );
    return null;
  }

  private async *everything(): AsyncGenerator<ZippedFile> {
    yield* this.report();
    for (const [i, run] of this.runs.entries()) {
      const folder = this.stems[i]!;
      yield { path: `${folder}/record.json`, content: [await this.record(run)] };
      yield { path: `${folder}/series.csv`, content: tidyCsv([{ name: run.name, run }]) };
      if (!(await this.shelf.checkpoint(run.id))) {
        this.bare.push(run.name);
        continue;
      }
      for (const form of ['trained', 'fused', 'checkpoint'] as const) {
        const content = await this.weightsOf(run, form);
        if (content) yield { path: `${folder}/${ENDINGS[form]}.safetensors`, content };
      }
    }
  }

  /** report.md, and the charts, in one folder per run. */
  private *report(): Generator<ZippedFile> {
    const { charts, date, lab } = this.request;
    const placed = this.runs.flatMap((run, i) =>
      charts
        .filter((chart) => chart.run === run.id)
        .map(({ title, file, svg }) => ({
          caption: t('{{run}}: {{chart}}', { run: run.name, chart: title }),
          path: `${this.stems[i]!}/charts/${file}`,
          svg,
        })),
    );
    const title =
      this.runs.length === 1 ? this.runs[0]!.name : t('{{count}} runs', { count: this.runs.length });
    const text = markdownReport({ title, date, runs: this.namedRuns, images: placed, lab });
    yield { path: 'report.md', content: [text] };
    for (const { path, svg } of placed) yield { path, content: svg };
  }
}
