/** Reads and writes the safetensors format (huggingface.co/docs/safetensors): a JSON header, then raw little-endian tensors. */

export interface NamedArray {
  shape: number[];
  data: Float32Array | Int32Array;
}

/** Tensors by name. Throws Error naming what is wrong where the file is none, or holds a type other than F32 and I32. */
export function readSafetensors(file: ArrayBuffer): Map<string, NamedArray> {
  if (file.byteLength < 8) throw new Error('Not a safetensors file: shorter than its 8-byte header length.');
  const headerLength = Number(new DataView(file).getBigUint64(0, true));
  if (8 + headerLength > file.byteLength) {
    throw new Error(
      `Not a safetensors file: a header of ${headerLength} bytes in a file of ${file.byteLength}.`,
    );
  }
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, headerLength))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, NamedArray>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const bytes = file.slice(8 + headerLength + data_offsets[0], 8 + headerLength + data_offsets[1]);
    if (dtype !== 'F32' && dtype !== 'I32')
      throw new Error(`${name} has the type ${dtype}; expected F32 or I32.`);
    tensors.set(name, { shape, data: dtype === 'F32' ? new Float32Array(bytes) : new Int32Array(bytes) });
  }
  return tensors;
}

/** A file of float32 tensors, the header padded to 8 bytes. */
export function writeSafetensors(
  tensors: readonly { name: string; shape: readonly number[]; data: Float32Array }[],
): ArrayBuffer {
  let offset = 0;
  const entries = tensors.map(({ name, shape, data }) => {
    const begin = offset;
    offset += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, offset] }] as const;
  });
  const text = JSON.stringify(Object.fromEntries(entries));
  const header = new TextEncoder().encode(
    text.padEnd(Math.ceil(new TextEncoder().encode(text).length / 8) * 8),
  );
  const file = new ArrayBuffer(8 + header.length + offset);
  new DataView(file).setBigUint64(0, BigInt(header.length), true);
  new Uint8Array(file, 8).set(header);
  let at = 8 + header.length;
  for (const { data } of tensors) {
    new Float32Array(file, at, data.length).set(data);
    at += data.byteLength;
  }
  return file;
}
