/**
 * The Hugging Face form of CIFAR-100 (uoft-cs/cifar100): parquet files of PNG images and labels. Reads a whole file or
 * its first rows, and only the bytes that these need.
 */
import { t } from '../../language/language';
import { parquetMetadata, parquetSchema, type FileMetaData, type RowGroup, type SchemaTree } from 'hyparquet';
import { checkedLabel, GrowingSet, requireCount, type PartName } from './assemble';
import { DataError, grouped } from '../data-error';
import type { ImageSet } from '../dataset';
import { chunkRange, columnPages, parquetError, type ColumnChunk, type RandomAccess } from './parquet-pages';
import { decodePng } from './png';

const FOOTER_LIMIT = 32e6;
/** Bytes of the first read at the end of a file; longer metadata needs a second read. */
const FOOTER_GUESS = 1 << 16;

const COLUMNS = { image: 'img.bytes', fine: 'fine_label', coarse: 'coarse_label' } as const;

/** A parquet file whose columns are those of CIFAR-100. */
export interface ParquetFile {
  file: RandomAccess;
  name: string;
  rows: number;
  metadata: FileMetaData;
  /** Names of classes and superclasses, if the file has them. */
  names: { fine: readonly string[] | null; coarse: readonly string[] | null };
}

/** Reads the metadata of a file. Throws DataError if it is not parquet, or has other columns. */
export const openParquet = (file: RandomAccess, name: string): Promise<ParquetFile> =>
  withMetadataOf(name, () => describe(file, name));

/**
 * Runs code that relies on the metadata of the file. hyparquet does not check metadata, so any error in this code, for
 * example by a missing field or a wrong type, means that the file is damaged.
 */
async function withMetadataOf<T>(name: string, run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await run();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof DataError || (error instanceof Error && error.name === 'AbortError')) throw error;
    throw parquetError(name, t('its metadata is damaged ({{cause}})', { cause: String(error) }), error);
  }
}

async function describe(file: RandomAccess, name: string): Promise<ParquetFile> {
  const metadata = await footer(file, name);
  const found = leaves(metadata, name);
  for (const [path, type] of [
    [COLUMNS.image, /^BYTE_ARRAY$/],
    [COLUMNS.fine, /^INT(32|64)$/],
    [COLUMNS.coarse, /^INT(32|64)$/],
  ] as const) {
    if (!type.test(found.get(path) ?? '')) {
      const columns = [...found].map(([column, kind]) => `${column} (${kind})`).slice(0, 8);
      const values = { columns: columns.join(', ').slice(0, 400) };
      throw parquetError(
        name,
        columns.length === 0
          ? t('the columns img.bytes, fine_label and coarse_label were expected; found none')
          : t('the columns img.bytes, fine_label and coarse_label were expected; found {{columns}}', values),
      );
    }
  }
  const rows = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (!(rows > 0 && metadata.row_groups.every((group) => group.num_rows >= 0n)))
    throw parquetError(name, t('it has no images'));
  return { file, name, rows, metadata, names: namesOf(metadata) };
}

async function footer(file: RandomAccess, name: string): Promise<FileMetaData> {
  const { byteLength } = file;
  if (byteLength < 12)
    throw parquetError(name, t('it has {{size}} bytes, too few for parquet', { size: byteLength }));
  let start = Math.max(0, byteLength - FOOTER_GUESS);
  let bytes = new Uint8Array(await file.slice(start, byteLength));
  const view = new DataView(bytes.buffer);
  if (view.getUint32(bytes.length - 4, true) !== 0x31524150)
    throw parquetError(name, t('it does not end with PAR1, so it is cut short'));
  const length = view.getUint32(bytes.length - 8, true);
  if (length > Math.min(byteLength - 8, FOOTER_LIMIT))
    throw parquetError(name, t('its metadata claims a length of {{size}} bytes', { size: grouped(length) }));
  if (length + 8 > bytes.length) {
    start = byteLength - length - 8;
    bytes = new Uint8Array(await file.slice(start, byteLength));
  }
  try {
    return parquetMetadata(bytes.buffer, { geoparquet: false });
  } catch (cause) {
    throw parquetError(name, t('its metadata is damaged ({{cause}})', { cause: String(cause) }), cause);
  }
}

/** The columns by path, with their types. */
function leaves(metadata: FileMetaData, name: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (node: SchemaTree) => {
    if (node.children.length === 0) found.set(node.path.join('.'), node.element.type ?? 'group');
    // The number of values of a repeated column differs from the number of rows.
    else if (node.element.repetition_type !== 'REPEATED') node.children.forEach(visit);
  };
  try {
    visit(parquetSchema(metadata));
  } catch (cause) {
    throw parquetError(name, t('its columns are damaged ({{cause}})', { cause: String(cause) }), cause);
  }
  return found;
}

function namesOf(metadata: FileMetaData): ParquetFile['names'] {
  try {
    const text = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
    const features: unknown = text && JSON.parse(text).info?.features;
    const list = (key: string) => {
      const names = (features as Record<string, { names?: unknown }> | undefined)?.[key]?.names;
      return Array.isArray(names) && names.every((entry) => typeof entry === 'string') ? names : null;
    };
    return { fine: list('fine_label'), coarse: list('coarse_label') };
  } catch {
    return { fine: null, coarse: null };
  }
}

/** The part of a row group to read: its first `rows` rows. Their images end near byte `imagesEnd` of the file. */
interface Selection {
  image: ColumnChunk;
  fine: ColumnChunk;
  coarse: ColumnChunk;
  rows: number;
  whole: boolean;
  start: number;
  imagesEnd: number;
  end: number;
}

function selections({ file, name, metadata }: ParquetFile, rows: number): Selection[] {
  const schema = parquetSchema(metadata);
  const chosen: Selection[] = [];
  let left = rows;
  for (const group of metadata.row_groups) {
    const groupRows = Number(group.num_rows);
    const taken = Math.min(left, groupRows);
    if (taken === 0) continue;
    left -= taken;
    const image = columnOf(group, COLUMNS.image, name, schema);
    const fine = columnOf(group, COLUMNS.fine, name, schema);
    const coarse = columnOf(group, COLUMNS.coarse, name, schema);
    const [start, end] = chunkRange(image, file.byteLength);
    const whole = taken === groupRows;
    const [, fineEnd] = chunkRange(fine, file.byteLength);
    const [, coarseEnd] = chunkRange(coarse, file.byteLength);
    const imagesEnd = whole
      ? end
      : Math.min(end, Math.ceil(start + (1.05 * (end - start) * taken) / groupRows));
    chosen.push({
      image,
      fine,
      coarse,
      rows: taken,
      whole,
      start,
      imagesEnd,
      end: Math.max(fineEnd, coarseEnd, end),
    });
  }
  return chosen;
}

function columnOf(group: RowGroup, path: string, name: string, schema: SchemaTree): ColumnChunk {
  const meta = group.columns.find((column) => column.meta_data?.path_in_schema.join('.') === path)?.meta_data;
  if (!meta) throw parquetError(name, t('a row group lacks {{path}}', { path }));
  if (meta.codec !== 'UNCOMPRESSED' && meta.codec !== 'SNAPPY')
    throw parquetError(
      name,
      t('it is compressed with {{codec}}; SNAPPY or nothing was expected', { codec: meta.codec }),
    );
  return { name, meta, schema, rows: Number(group.num_rows) };
}

/** Estimated number of bytes that the first `rows` rows need. */
export function bytesForRows(parquet: ParquetFile, rows: number): number {
  let bytes = 0;
  for (const { whole, start, imagesEnd, end, fine, coarse } of selections(
    parquet,
    Math.min(rows, parquet.rows),
  )) {
    const labels = Number(fine.meta.total_compressed_size) + Number(coarse.meta.total_compressed_size);
    bytes += whole ? end - start : imagesEnd - start + labels;
  }
  return bytes;
}

/**
 * Reads the first `rows` images (all, if there are fewer). Throws DataError if a page, a label or an image is invalid, and
 * the signal's reason once it is aborted.
 */
export const readParquetRows = (
  parquet: ParquetFile,
  part: PartName,
  rows: number,
  { signal }: { signal?: AbortSignal } = {},
): Promise<ImageSet> => withMetadataOf(parquet.name, () => readRows(parquet, part, rows, signal), signal);

async function readRows(
  parquet: ParquetFile,
  part: PartName,
  rows: number,
  signal: AbortSignal | undefined,
): Promise<ImageSet> {
  const { file, name } = parquet;
  const total = Math.min(rows, parquet.rows);
  requireCount(name, part, total);
  const set = new GrowingSet(part, total);
  const wanted = selections(parquet, total);
  const lastWhole = wanted.findLast(({ whole }) => whole)?.end ?? 0;
  for (const group of wanted) {
    const { start, imagesEnd, whole, end } = group;
    // Whole groups are adjacent in the file. With `soon`, one request to a server covers many of them.
    if (whole) await file.slice(start, start + 1, Math.max(end, lastWhole));
    const fine = await labelValues(file, group.fine, group.rows, Math.max(end, whole ? lastWhole : 0));
    const coarse = await labelValues(file, group.coarse, group.rows, end);
    let row = 0;
    for await (const page of columnPages(file, group.image, whole ? Math.max(end, lastWhole) : imagesEnd)) {
      signal?.throwIfAborted();
      for (let i = 0; i < page.length && row < group.rows; i++, row++) {
        const record = set.count;
        const pixels = set.add(
          checkedLabel(name, record, 'fine', fine[row]),
          checkedLabel(name, record, 'coarse', coarse[row]),
        );
        const png = unwrapped(page[i]);
        if (!(png instanceof Uint8Array))
          throw new DataError(
            t('{{name}}, record {{record}}: there is no image.', { name, record: grouped(record) }),
          );
        decodePng(png, pixels, () => t('{{name}}, record {{record}}', { name, record: grouped(record) }));
      }
      if (row === group.rows) break;
    }
  }
  return set.finish();
}

async function labelValues(
  file: RandomAccess,
  chunk: ColumnChunk,
  rows: number,
  soon: number,
): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const page of columnPages(file, chunk, soon)) {
    for (let i = 0; i < page.length; i++) values.push(unwrapped(page[i]));
    if (values.length >= rows) break;
  }
  return values;
}

/** hyparquet wraps the values of optional groups in arrays. */
const unwrapped = (value: unknown): unknown => (Array.isArray(value) ? unwrapped(value[0]) : value);
