/** Reads records and weights as runs for the history, merging the files of one run. */
import type { Experiment } from '../../experiment/settings';
import { experimentFromQuery } from '../../experiment/url';
import { t } from '../../language/language';
import { messageOf } from '../../language/message-of';
import { message } from '../../language/message';
import { curvesOf } from '../../network/curves';
import type { NetworkPlan } from '../../network/plan';
import { planNetwork } from '../../network/plan-network';
import { STATISTICS } from '../../instruments/statistics';
import { checkpointOf } from '../../training/formats/checkpoint-file';
import { readSafetensors } from '../../training/formats/safetensors';
import { fromRecord, type RunState } from '../record';
import { parseRecord } from '../record-schema';
import { readAbout, runOf, type About } from './safetensors-metadata';
import { onOneLine, remarksOn, type ImportedCheckpoint, type ImportedRun } from './imported-run';
import { readForeign, weightsOnly } from './foreign-weights';
import type { Refused, RunFile } from './recognise-files';

/** The most bytes of empty series before the first step of a run that is imported without its record. */
const EMPTY_LIMIT = 256e6;

/** Weights without the lab's metadata are read as those of `experiment`'s network. */
export async function readRunFiles(
  files: readonly RunFile[],
  experiment: Experiment,
): Promise<{ runs: ImportedRun[]; refused: Refused[] }> {
  const runs = new Map<string, ImportedRun>();
  const refused: Refused[] = [];
  const fused: { id: string; file: string }[] = [];
  for (const file of files) {
    try {
      if (file.kind === 'record') {
        const imported = await readRecordFile(file);
        const { id } = imported.run;
        const before = runs.get(id);
        runs.set(
          id,
          before?.recorded && longer(before.run, imported.run)
            ? before
            : { ...imported, checkpoint: before?.checkpoint ?? null },
        );
        continue;
      }
      const { metadata, tensors } = readSafetensors(await file.blob.arrayBuffer());
      const about = readAbout(metadata);
      if (about?.form === 'fused') {
        fused.push({ id: about.run, file: file.path });
        continue;
      }
      const imported = about ? readOwn(file, about) : await readForeign(file, tensors, experiment);
      const before = runs.get(imported.run.id);
      if (!before) runs.set(imported.run.id, imported);
      else if (better(imported.checkpoint!, before.checkpoint)) before.checkpoint = imported.checkpoint;
    } catch (error) {
      refused.push({ file: file.path, reason: messageOf(error) });
    }
  }
  for (const { id, file } of fused)
    if (!runs.has(id))
      refused.push({
        file,
        reason: t(
          'It holds a fused network, which can be used but not trained on. Take the weights as trained, or the checkpoint.',
        ),
      });
  return {
    runs: [...runs.values()].toSorted((a, b) => (a.run.createdAt < b.run.createdAt ? -1 : 1)),
    refused,
  };
}

/** Whether `a` has at least as many steps recorded. */
const longer = (a: RunState, b: RunState) =>
  a.series.count - a.series.first >= b.series.count - b.series.first;

/** Whether one checkpoint is preferred to another: complete ones first, then later ones. */
export const better = (
  a: Pick<ImportedCheckpoint, 'step' | 'whole'>,
  b: Pick<ImportedCheckpoint, 'step' | 'whole'> | null,
): boolean => !b || (a.whole === b.whole ? a.step > b.step : a.whole);

async function readRecordFile({ path, blob }: RunFile): Promise<ImportedRun> {
  const record = parseRecord(await blob.text());
  const { note, starred, appVersion } = record;
  const name = onOneLine(record.name);
  const remarks = { name, note, tags: record.tags.map(onOneLine), starred };
  const run = { ...fromRecord(record), name };
  return { file: path, run, remarks, appVersion, recorded: true, checkpoint: null };
}

/** Weights that the lab wrote. */
function readOwn({ path, blob }: RunFile, about: About): ImportedRun {
  const whole = about.form === 'checkpoint';
  const step = Number(about.step);
  const name = onOneLine(about.name);
  const plan = planNetwork(experimentFromQuery(about.query).experiment);
  refuseTooLong(step, plan);
  const told = runOf(about);
  const end = {
    how: 'stopped',
    step,
    reason: message('weights.alone'),
    digest: null,
  } as const;
  const run = { ...told, name, end: whole ? told.end : end };
  return {
    file: path,
    run,
    remarks: remarksOn(name),
    appVersion: about.app,
    recorded: false,
    checkpoint: {
      file: path,
      step,
      whole,
      read: async () => {
        const { tensors } = readSafetensors(await blob.arrayBuffer());
        return whole ? checkpointOf(plan, tensors, step) : weightsOnly(plan, tensors, step);
      },
    },
  };
}

function refuseTooLong(step: number, plan: NetworkPlan): void {
  if (step * curvesOf(plan).length * STATISTICS.length * 4 > EMPTY_LIMIT)
    throw new Error(
      t('It is of step {{step}}, too late for weights without their record.', {
        step: step.toLocaleString('en'),
      }),
    );
}
