import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSafetensors, SafetensorsError, writeSafetensors } from './safetensors';

/** A file of a header and this number of zero bytes. */
function file(header: string, bytes: number): ArrayBuffer {
  const text = new TextEncoder().encode(header);
  const buffer = new Uint8Array(8 + text.length + bytes);
  new DataView(buffer.buffer).setBigUint64(0, BigInt(text.length), true);
  buffer.set(text, 8);
  return buffer.buffer;
}

const tensor = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32') =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

describe('a safetensors file', () => {
  test('keeps names, shapes, strings, and numbers of both precisions to the last bit', () => {
    const tensors = [
      { name: 'b', shape: [2, 1], data: Float32Array.of(0.1, -0) },
      { name: 'a', shape: [], data: Float64Array.of(0.1) },
      { name: 'empty', shape: [0, 3], data: new Float32Array() },
    ];
    const written = writeSafetensors(tensors, { name: 'quiet “otter”', run: 'é' });
    const { metadata, tensors: read } = readSafetensors(written);
    expect([...metadata]).toEqual([
      ['name', 'quiet “otter”'],
      ['run', 'é'],
    ]);
    for (const { name, shape, data } of tensors) expect(read.get(name)).toEqual({ shape, data });
    expect(Number(new DataView(written).getBigUint64(0, true)) % 8).toBe(0);
  });

  test('of half precision or integers is read as PyTorch wrote it', () => {
    const header = `{"h":${tensor(0, 6, [3], 'F16')},"b":${tensor(6, 8, [1], 'BF16')},"i":${tensor(8, 16, [1], 'I64')}}`;
    const bytes = file(header, 16);
    const start = 8 + header.length;
    new Uint8Array(bytes, start).set([0x00, 0x3c, 0x01, 0x80, 0x00, 0xfc, 0xc0, 0xbf, 7]);
    const { tensors } = readSafetensors(bytes);
    expect([...tensors.get('h')!.data]).toEqual([1, -(2 ** -24), -Infinity]);
    expect([...tensors.get('b')!.data]).toEqual([-1.5]);
    expect([...tensors.get('i')!.data]).toEqual([7]);
  });

  test.each([
    ['is shorter than its length', new ArrayBuffer(3), 'shorter than its 8-byte header length'],
    ['names a header longer than itself', new Uint8Array(16).fill(255).buffer, 'a header of'],
    ['has a header that is not JSON', file('{"a":', 0), 'its header is not JSON'],
    ['has a header that is a list', file('[]', 0), 'not a table of tensors'],
    ['has another type', file(`{"a":${tensor(0, 4, [4], 'U8')}}`, 4), '“a” has the type U8'],
    ['is cut short', file(`{"a":${tensor(0, 8)}}`, 4), 'cut short'],
    ['has another length than its shape', file(`{"a":${tensor(0, 8, [3])}}`, 8), 'its shape takes 12'],
    ['has a shape that is not whole', file(`{"a":${tensor(0, 2, [0.5])}}`, 2), 'the shape of “a”'],
    ['has an end before its beginning', file(`{"a":${tensor(4, 0, [1])}}`, 4), 'is at 4 … 0'],
    ['overlaps', file(`{"a":${tensor(0, 8)},"b":${tensor(4, 12)}}`, 12), '“b” overlaps'],
    [
      'has a gap',
      file(`{"a":${tensor(0, 4)},"b":${tensor(8, 12)}}`, 12),
      '4 bytes before “b” belong to no tensor',
    ],
    ['has more than its tensors', file(`{"a":${tensor(0, 4)}}`, 12), 'its tensors end after 4 bytes'],
    ['names the same bytes twice', file(`{"a":${tensor(0, 4)},"b":${tensor(0, 4)}}`, 4), '“b” overlaps'],
    ['names a tensor __proto__', file(`{"__proto__":${tensor(0, 4)}}`, 4), 'names a tensor “__proto__”'],
    ['has metadata that is not text', file('{"__metadata__":{"a":1}}', 0), '“a” in __metadata__ is not text'],
  ])('that %s is refused with the reason', (_what, bytes, reason) => {
    expect(() => readSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => readSafetensors(bytes)).toThrow(reason);
  });

  test('changed anywhere is either read or refused with SafetensorsError', () => {
    const whole = new Uint8Array(
      writeSafetensors(
        [
          { name: 'blocks.0.weight', shape: [2, 3], data: new Float32Array(6).fill(1) },
          { name: 'head.bias', shape: [2], data: new Float32Array(2) },
        ],
        { format: 'branch-lab' },
      ),
    );
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    const mutated = fc.record({
      changes: fc.array(change, { maxLength: 6 }),
      length: fc.nat(whole.length + 8),
    });
    fc.assert(
      fc.property(mutated, fc.boolean(), ({ changes, length }, cut) => {
        const bytes = new Uint8Array(cut ? length : whole.length);
        bytes.set(whole.subarray(0, bytes.length));
        for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
        try {
          for (const { shape, data } of readSafetensors(bytes.buffer).tensors.values())
            expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
