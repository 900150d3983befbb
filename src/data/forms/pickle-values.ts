/** The values that a pickle contains, and the names of the operations that the reader refuses. */

/** A text of the pickle, decoded on demand, because one text may contain all pixels. */
export class PickleText {
  private latin1: Uint8Array | null = null;

  constructor(private readonly utf8: Uint8Array) {}

  toString(): string {
    return this.latin1 ? latin1Text(this.latin1) : new TextDecoder().decode(this.utf8);
  }

  /**
   * The result of Python's encode('latin1'). It overwrites the bytes of the text, because 150 MB of pixels would not fit
   * twice. Returns null if a character is above 255.
   */
  encodeLatin1(): Uint8Array | null {
    if (this.latin1) return this.latin1;
    const bytes = this.utf8;
    let to = 0;
    for (let from = 0; from < bytes.length; from++) {
      const first = bytes[from]!;
      if (first < 0x80) bytes[to++] = first;
      else {
        const second = bytes[++from];
        if ((first !== 0xc2 && first !== 0xc3) || second === undefined || (second & 0xc0) !== 0x80)
          return null;
        bytes[to++] = ((first & 3) << 6) | (second & 0x3f);
      }
    }
    return (this.latin1 = bytes.subarray(0, to));
  }
}

/** A pickled numpy array. */
export class PickleArray {
  shape: readonly number[] | null = null;
  dtype = '';
  columnMajor = false;
  data: Uint8Array | null = null;
}

/** The name of a global. It is never looked up. */
export class Global {
  constructor(readonly name: string) {}
}

export class Dtype {
  constructor(readonly code: string) {}
}

/** null, booleans, numbers, texts, bytes, lists and tuples, dictionaries with text keys, numpy arrays. */
export type PickleValue =
  | null
  | boolean
  | number
  | PickleText
  | Uint8Array
  | PickleValue[]
  | Map<string, PickleValue>
  | PickleArray
  | Global
  | Dtype;

/** Bytes (Python 2's text) or text as a string. Returns null for anything else. */
export function textOf(value: PickleValue | undefined): string | null {
  if (value instanceof PickleText) return value.toString();
  return value instanceof Uint8Array && value.length < 65536 ? latin1Text(value) : null;
}

export const latin1Text = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** Operations that are refused, by name. */
export const REFUSED: Readonly<Record<number, string>> = {
  0x30: 'POP', 0x31: 'POP_MARK', 0x32: 'DUP', 0x46: 'FLOAT', 0x49: 'INT', 0x4c: 'LONG', 0x50: 'PERSID',
  0x51: 'BINPERSID', 0x53: 'STRING', 0x56: 'UNICODE', 0x67: 'GET', 0x69: 'INST', 0x6f: 'OBJ', 0x70: 'PUT', 0x81: 'NEWOBJ',
  0x82: 'EXT1', 0x83: 'EXT2', 0x84: 'EXT4', 0x8b: 'LONG4', 0x8f: 'EMPTY_SET', 0x90: 'ADDITEMS', 0x91: 'FROZENSET',
  0x92: 'NEWOBJ_EX', 0x97: 'NEXT_BUFFER', 0x98: 'READONLY_BUFFER',
}; // prettier-ignore
