/**
 * Reads the pages of a parquet column one at a time and checks them before they are decoded. So a file is never in memory
 * as a whole, the beginning of a column can be read without the rest, and a damaged header cannot request more memory or
 * time than an image set takes. hyparquet decodes the pages; its own reader takes whole columns and trusts their headers.
 */
import { t } from '../../language/language';
import type { ColumnMetaData, PageHeader, SchemaTree } from 'hyparquet';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import { DataError, grouped } from '../data-error';

/** Bytes by position: a Blob, or a file on a server. */
export interface RandomAccess {
  readonly byteLength: number;
  /** Bytes start … end - 1. The bytes up to `soon` will be requested next. */
  slice(start: number, end: number, soon?: number): Promise<ArrayBuffer>;
}

/** The statistics in the header of a page may contain two whole images. */
const HEADER_LIMIT = 65536;
const PAGE_LIMIT = 64e6;

/** An error that says what is wrong with a parquet file. */
export const parquetError = (name: string, what: string, cause?: unknown): DataError =>
  new DataError(
    t(
      'The parquet file {{name}}: {{what}}. Expected a file of huggingface.co/datasets/uoft-cs/cifar100; download it again.',
      { name, what },
    ),
    { cause },
  );

export interface ColumnChunk {
  name: string;
  meta: ColumnMetaData;
  schema: SchemaTree;
  /** Rows of the row group. */
  rows: number;
}

/** First byte of a column's pages in the file, and the byte after them. */
export function chunkRange({ name, meta }: ColumnChunk, fileSize: number): [number, number] {
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const end = start + Number(meta.total_compressed_size);
  if (!(start >= 4 && end > start && end <= fileSize))
    throw parquetError(
      name,
      t('a column claims the bytes {{start}} to {{end}} of {{size}}', { start, end, size: fileSize }),
    );
  return [start, end];
}

/**
 * The values of a column, page by page, from its first row on. `soon`: estimate of the byte up to which pages will be
 * requested. Throws DataError if a page is damaged or too large.
 */
export async function* columnPages(
  file: RandomAccess,
  chunk: ColumnChunk,
  soon: number,
): AsyncGenerator<ArrayLike<unknown>> {
  const { name, meta, schema, rows } = chunk;
  const [start, end] = chunkRange(chunk, file.byteLength);
  const schemaPath = getTreePath(schema, meta.path_in_schema);
  const decoder = {
    pathInSchema: meta.path_in_schema,
    type: meta.type,
    element: schemaPath.at(-1)!.element,
    schemaPath,
    codec: meta.codec,
    parsers: DEFAULT_PARSERS,
    utf8: false,
  };
  let dictionary: Parameters<typeof readPage>[3];
  let done = 0;
  for (let at = start; at < end && done < rows;) {
    const [header, length] = await pageHeader(file, chunk, at, end, soon);
    const count = checkedCount(chunk, header, rows - done);
    at += length;
    const size = header.compressed_page_size;
    if (!(size >= 0 && size <= end - at)) throw parquetError(name, t('a page reaches beyond its column'));
    const view = new DataView(await file.slice(at, at + size, Math.min(soon, end)));
    at += size;
    let data: ArrayLike<unknown> | undefined;
    try {
      data = readPage({ view, offset: 0 }, header, decoder, dictionary, undefined, 0).data;
    } catch (cause) {
      throw parquetError(
        name,
        t('a page of {{column}} is damaged ({{cause}})', {
          column: meta.path_in_schema.join('.'),
          cause: String(cause),
        }),
        cause,
      );
    }
    if (data === undefined || data.length !== count)
      throw parquetError(
        name,
        t('a page has {{found}} values instead of {{expected}}', {
          found: grouped(data?.length ?? 0),
          expected: grouped(count),
        }),
      );
    if (header.type === 'DICTIONARY_PAGE') dictionary = data as typeof dictionary;
    else {
      done += count;
      yield data;
    }
  }
  if (done < rows)
    throw parquetError(name, t('{{column}} has too few rows', { column: meta.path_in_schema.join('.') }));
}

async function pageHeader(
  file: RandomAccess,
  { name }: ColumnChunk,
  at: number,
  end: number,
  soon: number,
): Promise<[PageHeader, number]> {
  for (let size = 1024; ; size *= 8) {
    const limit = Math.min(end, at + size);
    const reader = {
      view: new DataView(await file.slice(at, limit, Math.max(limit, Math.min(soon, end)))),
      offset: 0,
    };
    try {
      return [parquetHeader(reader), reader.offset];
    } catch (cause) {
      if (limit === end || size >= HEADER_LIMIT)
        throw parquetError(name, t('the header of a page is damaged'), cause);
    }
  }
}

/** The number of values in a page, after its header is checked. */
function checkedCount({ name, rows }: ColumnChunk, header: PageHeader, left: number): number {
  const { type, uncompressed_page_size: size } = header;
  if (!(size >= 0 && size <= PAGE_LIMIT))
    throw parquetError(
      name,
      t('a page claims to unpack to {{size}} bytes; at most 64 MB were expected', { size }),
    );
  const v2 = header.data_page_header_v2;
  const count =
    type === 'DICTIONARY_PAGE'
      ? header.dictionary_page_header?.num_values
      : type === 'DATA_PAGE'
        ? header.data_page_header?.num_values
        : v2?.num_values;
  const inside = v2 === undefined || (v2.num_nulls >= 0 && v2.num_nulls <= v2.num_values);
  if (count === undefined || !(count >= 0 && count <= (type === 'DICTIONARY_PAGE' ? rows : left)) || !inside)
    throw parquetError(
      name,
      count === undefined
        ? t('a page claims to have no values')
        : t('a page claims to have {{found}} values', { found: count }),
    );
  return count;
}
