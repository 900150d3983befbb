/** Imported files, as the readers take them. */
import { t } from '../language/language';

/** `path` is relative to the dropped or chosen folder; it is at least the file name. */
export interface DataFile {
  path: string;
  blob: Blob;
}

/** Converts browser files, keeping the paths that dropped folders and folder pickers give them. */
export const dataFiles = (
  files: Iterable<Blob & { name?: string; webkitRelativePath?: string; path?: string }>,
): DataFile[] =>
  Array.from(files, (blob) => {
    const path = blob.path || blob.webkitRelativePath || blob.name || t('the file');
    return { path: path.replace(/^(\.?\/)+/, ''), blob };
  });
