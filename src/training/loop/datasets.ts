/** The data sets that runs of this worker train on. The last one that was read is cached for the second run and the next start. */
import { builtinDataset } from '../../data/builtin/builtin';
import type { Dataset, DataSource } from '../../data/dataset';
import { loadStored } from '../../data/store/store';

let last: { key: string; dataset: Promise<Dataset> } | null = null;

/** Rejects where a stored set is gone or damaged. */
export function loadDataset(source: DataSource): Promise<Dataset> {
  if (source.kind === 'memory') return Promise.resolve(source.dataset);
  const key = source.kind === 'builtin' ? `builtin ${source.difficulty}` : `${source.id} ${source.digest}`;
  if (last?.key !== key) {
    const dataset = source.kind === 'builtin' ? builtinDataset(source.difficulty) : loadStored(source.digest);
    last = { key, dataset };
    dataset.catch(() => (last = null));
  }
  return last.dataset;
}
