/** Imports the sweep files among dropped or chosen files. */
import { messageOf } from '../../language/message-of';
import type { DataFile } from '../../data/data-file';
import type { ImportReport } from '../../runs/files/import-runs';
import { parseSweep } from '../../runs/sweep';
import { addSweep } from '../store/sweeps';

/** A sweep of a thousand runs has some ten kilobytes. */
const SIZE_LIMIT = 1_000_000;

/** Whether the content of a file is marked as a sweep. */
async function isSweep({ path, blob }: DataFile): Promise<boolean> {
  if (!/\.json$/i.test(path) || blob.size > SIZE_LIMIT) return false;
  const json: unknown = JSON.parse(await blob.text());
  return typeof json === 'object' && json !== null && 'format' in json && json.format === 'branch-lab-sweep';
}

/** Adds the sweeps. Returns their names, the reasons for refused files, and the other files. */
export async function bringSweeps<T extends DataFile>(
  files: readonly T[],
): Promise<{ names: string[]; refused: ImportReport['refused']; others: T[] }> {
  const names: string[] = [];
  const refused: { file: string; reason: string }[] = [];
  const others: T[] = [];
  for (const file of files) {
    if (!(await isSweep(file).catch(() => false))) {
      others.push(file);
      continue;
    }
    try {
      const { sweep } = addSweep(parseSweep(await file.blob.text()));
      names.push(sweep.name);
    } catch (error) {
      refused.push({ file: file.path, reason: messageOf(error) });
    }
  }
  return { names, refused, others };
}
