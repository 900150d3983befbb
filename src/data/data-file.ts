/** Files somebody brought along, as the readers take them. */
import { t } from '../language/language';

/** path is relative to what was dropped or chosen; at least the file's name. */
export interface DataFile {
  path: string;
  blob: Blob;
}

/** Files as pages have them, with the paths that drops of folders and folder pickers give them. */
export const dataFiles = (
  files: Iterable<Blob & { name?: string; webkitRelativePath?: string; path?: string }>,
): DataFile[] =>
  Array.from(files, (blob) => {
    const path = blob.path || blob.webkitRelativePath || blob.name || t('the file');
    return { path: path.replace(/^(\.?\/)+/, ''), blob };
  });
