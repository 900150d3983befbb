/**
 * Reads and writes the safetensors format (huggingface.co/docs/safetensors): a JSON header with the tensors' types, shapes
 * and offsets and a table of strings, then raw little-endian numbers. The reader checks everything, because files come
 * from anywhere.
 */
import { t } from '../../language/language';

export interface NamedArray {
  shape: number[];
  /** F32, F16 and BF16 as float32, F64 and I64 as float64, I32 as int32. */
  data: Float32Array | Float64Array | Int32Array;
}

export interface SafetensorsFile {
  /** The file's `__metadata__`; empty where it has none. */
  metadata: ReadonlyMap<string, string>;
  tensors: Map<string, NamedArray>;
}

/** A tensor to be written: float32 as F32, float64 as F64. */
export interface WrittenTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array | Float64Array;
}

/** The file is no safetensors file. The message, for people, says where and why. */
export class SafetensorsError extends Error {}

const METADATA = '__metadata__';
/** Bytes; the limit of the format's reference reader. */
const HEADER_LIMIT = 100e6;
const TENSORS_LIMIT = 100_000;
/** Names that an object would not take as a plain key. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

const BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4 } as const;
type Type = keyof typeof BYTES;
const isType = (type: unknown): type is Type => typeof type === 'string' && Object.hasOwn(BYTES, type);

const wrong = (what: string) =>
  new SafetensorsError(t('This safetensors file cannot be read: {{what}}.', { what }));
/** A name from a file, shortened and without control characters. */
const quoted = (name: string) => `“${name.replaceAll(/\p{C}/gu, '�').slice(0, 100)}”`;

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

interface TensorEntry {
  name: string;
  type: Type;
  shape: number[];
  begin: number;
  end: number;
}

/**
 * Tensors by name, and the file's metadata. Throws SafetensorsError, with the tensor and the reason, where the header is
 * damaged, a name is not usable, a tensor's length does not fit its shape, or tensors overlap, leave gaps or end outside.
 */
export function readSafetensors(file: ArrayBuffer): SafetensorsFile {
  const { header, start } = headerOf(file);
  const entries: TensorEntry[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of Object.entries(header)) {
    if (FORBIDDEN.has(name) || name === '')
      throw wrong(t('it names a tensor {{name}}', { name: quoted(name) }));
    if (name === METADATA) metadata = metadataOf(value);
    else entries.push(entryOf(name, value, file.byteLength - start));
  }
  if (entries.length > TENSORS_LIMIT)
    throw wrong(t('it names {{tensors}} tensors', { tensors: entries.length }));
  let end = 0;
  for (const entry of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin < end)
      throw wrong(t('{{name}} overlaps the tensor before it', { name: quoted(entry.name) }));
    if (entry.begin > end)
      throw wrong(
        t('{{bytes}} bytes before {{name}} belong to no tensor', {
          bytes: entry.begin - end,
          name: quoted(entry.name),
        }),
      );
    end = entry.end;
  }
  if (end !== file.byteLength - start)
    throw wrong(
      t('its tensors end after {{end}} bytes, but it has {{found}}', {
        end,
        found: file.byteLength - start,
      }),
    );
  const tensors = new Map(
    entries.map(({ name, type, shape, begin, end: until }) => [
      name,
      { shape, data: numbersOf(type, file.slice(start + begin, start + until)) },
    ]),
  );
  return { metadata, tensors };
}

function headerOf(file: ArrayBuffer): { header: Json; start: number } {
  if (file.byteLength < 8) throw wrong(t('shorter than its 8-byte header length'));
  const length = Number(new DataView(file).getBigUint64(0, true));
  if (length > file.byteLength - 8 || length > HEADER_LIMIT)
    throw wrong(t('a header of {{length}} bytes in a file of {{size}}', { length, size: file.byteLength }));
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(file, 8, length)));
  } catch (error) {
    throw wrong(
      t('its header is not JSON ({{cause}})', {
        cause: error instanceof Error ? error.message.slice(0, 200) : t('unknown'),
      }),
    );
  }
  if (!isObject(header)) throw wrong(t('its header is not a table of tensors'));
  return { header, start: 8 + length };
}

function metadataOf(value: unknown): ReadonlyMap<string, string> {
  if (!isObject(value)) throw wrong(t('{{name}} is not a table', { name: METADATA }));
  return new Map(
    Object.entries(value).map(([key, text]) => {
      if (FORBIDDEN.has(key))
        throw wrong(t('{{name}} has a key {{key}}', { name: METADATA, key: quoted(key) }));
      if (typeof text !== 'string')
        throw wrong(t('{{key}} in {{name}} is not text', { key: quoted(key), name: METADATA }));
      return [key, text] as const;
    }),
  );
}

function entryOf(name: string, value: unknown, bytes: number): TensorEntry {
  if (!isObject(value)) throw wrong(t('{{name}} does not describe a tensor', { name: quoted(name) }));
  const { dtype: type, shape, data_offsets: offsets } = value;
  if (!isType(type))
    throw wrong(
      t('{{name}} has the type {{type}}; expected one of {{types}}', {
        name: quoted(name),
        type: String(type).slice(0, 20),
        types: Object.keys(BYTES).join(', '),
      }),
    );
  if (!Array.isArray(shape) || shape.length > 8 || !shape.every(isCount))
    throw wrong(t('the shape of {{name}} is not a list of sizes', { name: quoted(name) }));
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw wrong(t('the offsets of {{name}} are not two positions', { name: quoted(name) }));
  const [begin, end] = offsets as [number, number];
  if (end < begin || end > bytes)
    throw wrong(
      t(
        '{{name}} is at {{begin}} … {{end}}, but there are {{bytes}} bytes: the file is cut short or damaged',
        { name: quoted(name), begin, end, bytes },
      ),
    );
  const expected = shape.reduce((product: number, side: number) => product * side, BYTES[type]);
  if (end - begin !== expected)
    throw wrong(
      t('{{name}} has {{bytes}} bytes, but its shape takes {{expected}}', {
        name: quoted(name),
        bytes: end - begin,
        expected,
      }),
    );
  return { name, type, shape: shape as number[], begin, end };
}

function numbersOf(type: Type, bytes: ArrayBuffer): NamedArray['data'] {
  switch (type) {
    case 'F32':
      return new Float32Array(bytes);
    case 'F64':
      return new Float64Array(bytes);
    case 'I32':
      return new Int32Array(bytes);
    case 'I64':
      return Float64Array.from(new BigInt64Array(bytes), Number);
    case 'F16':
      return Float32Array.from(new Uint16Array(bytes), fromHalf);
    case 'BF16': {
      const halves = new Uint16Array(bytes);
      return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
    }
    default:
      return type satisfies never;
  }
}

/** The value of an IEEE 754 half: one bit of sign, five of exponent, ten of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A file of these tensors, in this order, with `metadata` if there is any; the data begin at a multiple of 8 bytes. */
export function writeSafetensors(
  tensors: readonly WrittenTensor[],
  metadata: Readonly<Record<string, string>> = {},
): ArrayBuffer {
  let offset = 0;
  const entries = tensors.map(({ name, shape, data }): [string, object] => {
    const begin = offset;
    offset += data.byteLength;
    const dtype = data instanceof Float64Array ? 'F64' : 'F32';
    return [name, { dtype, shape, data_offsets: [begin, offset] }];
  });
  if (Object.keys(metadata).length > 0) entries.unshift([METADATA, metadata]);
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const length = Math.ceil(text.length / 8) * 8;
  const file = new ArrayBuffer(8 + length + offset);
  new DataView(file).setBigUint64(0, BigInt(length), true);
  const bytes = new Uint8Array(file);
  bytes.fill(0x20, 8, 8 + length);
  bytes.set(text, 8);
  let at = 8 + length;
  for (const { data } of tensors) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}
