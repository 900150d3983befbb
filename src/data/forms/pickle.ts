/**
 * Reads Python pickles (protocols 2 to 5) as data. A pickle is a program that may call anything. This reader calls
 * nothing: it knows the operations that build plain values, and seven globals, which it recognises by name and converts
 * into bytes or an array. It refuses everything else, with name and position.
 */
import { t } from '../../language/language';
import { DataError, grouped } from '../data-error';
import {
  Dtype,
  Global,
  latin1Text,
  PickleArray,
  PickleText,
  REFUSED,
  textOf,
  type PickleValue,
} from './pickle-values';

const GLOBALS = new Set([
  '_codecs:encode',
  'numpy.core.multiarray:_reconstruct',
  'numpy._core.multiarray:_reconstruct',
  'numpy.core.numeric:_frombuffer',
  'numpy._core.numeric:_frombuffer',
  'numpy:ndarray',
  'numpy:dtype',
]);

/** Five times the operations of the complete training set (600,000), so that a pickle cannot fill the memory. */
const OPERATION_LIMIT = 3_000_000;
const NAME_LIMIT = 200;

/**
 * Reads one pickle. Bytes in the result are views of `bytes`, which the reader may overwrite. `name` is used in messages.
 * Throws DataError with name and position for anything that is not plain data.
 */
export const readPickle = (bytes: Uint8Array, name: string): PickleValue => new Unpickler(bytes, name).run();

class Unpickler {
  private readonly view: DataView;
  private at = 0;
  private start = 0;
  private stack: PickleValue[] = [];
  /** The stacks below each mark. */
  private readonly marks: PickleValue[][] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    private readonly bytes: Uint8Array,
    private readonly name: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  run(): PickleValue {
    const version = this.bytes[1]!;
    if (this.bytes[0] !== 0x80 || !(version >= 2 && version <= 5))
      throw this.refusal(t('it does not begin as a pickle of protocol 2 to 5 does'));
    this.at = 2;
    for (let operations = 0; operations < OPERATION_LIMIT; operations++) {
      this.start = this.at;
      const code = this.bytes[this.take(1)]!;
      if (code === 0x2e) return this.pop();
      this.operate(code);
    }
    throw this.refusal(t('it has more than {{limit}} operations', { limit: grouped(OPERATION_LIMIT) }));
  }

  private refusal(what: string): DataError {
    return new DataError(
      t(
        'The pickle {{name}} was not read, at byte {{start}}: {{what}}. Expected plain data as in cifar-100-python.tar.gz; download that archive again.',
        { name: this.name, start: grouped(this.start), what },
      ),
    );
  }

  /** Skips `length` bytes; returns where they begin. */
  private take(length: number): number {
    const from = this.at;
    if (!(length <= this.bytes.length - from)) throw this.refusal(t('it is cut short'));
    this.at += length;
    return from;
  }

  private chunk(length: number): Uint8Array {
    const from = this.take(length);
    return this.bytes.subarray(from, from + length);
  }

  private uint(size: 1 | 2 | 4 | 8): number {
    const from = this.take(size);
    if (size === 1) return this.view.getUint8(from);
    if (size === 2) return this.view.getUint16(from, true);
    if (size === 4) return this.view.getUint32(from, true);
    return Number(this.view.getBigUint64(from, true));
  }

  private pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined) throw this.refusal(t('it takes a value where there is none'));
    return value;
  }

  private top(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined) throw this.refusal(t('it uses a value where there is none'));
    return value;
  }

  /** Removes the newest mark and the values above it; returns these values. */
  private sinceMark(): PickleValue[] {
    const below = this.marks.pop();
    if (!below) throw this.refusal(t('it ends a group that it never began'));
    const values = this.stack;
    this.stack = below;
    return values;
  }

  private recall(index: number): PickleValue {
    const value = this.memo.get(index);
    if (value === undefined)
      throw this.refusal(t('it recalls value {{index}}, which it never stored', { index: grouped(index) }));
    return value;
  }

  private remember(index: number): void {
    this.memo.set(index, this.top());
  }

  private operate(code: number): void {
    const { stack } = this;
    switch (code) {
      case 0x95: // FRAME
        this.take(8);
        return;
      case 0x28: // MARK
        this.marks.push(stack);
        this.stack = [];
        return;
      case 0x4e: // NONE
        stack.push(null);
        return;
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        stack.push(code === 0x88);
        return;
      case 0x4b: // BININT1
        stack.push(this.uint(1));
        return;
      case 0x4d: // BININT2
        stack.push(this.uint(2));
        return;
      case 0x4a: // BININT
        stack.push(this.view.getInt32(this.take(4), true));
        return;
      case 0x8a: // LONG1
        stack.push(this.long(this.chunk(this.uint(1))));
        return;
      case 0x47: // BINFLOAT
        stack.push(this.view.getFloat64(this.take(8)));
        return;
      case 0x55: // SHORT_BINSTRING
      case 0x43: // SHORT_BINBYTES
        stack.push(this.chunk(this.uint(1)));
        return;
      case 0x54: // BINSTRING
      case 0x42: // BINBYTES
        stack.push(this.chunk(this.uint(4)));
        return;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        stack.push(this.chunk(this.uint(8)));
        return;
      case 0x8c: // SHORT_BINUNICODE
        stack.push(new PickleText(this.chunk(this.uint(1))));
        return;
      case 0x58: // BINUNICODE
        stack.push(new PickleText(this.chunk(this.uint(4))));
        return;
      case 0x8d: // BINUNICODE8
        stack.push(new PickleText(this.chunk(this.uint(8))));
        return;
      case 0x71: // BINPUT
        this.remember(this.uint(1));
        return;
      case 0x72: // LONG_BINPUT
        this.remember(this.uint(4));
        return;
      case 0x94: // MEMOIZE
        this.remember(this.memo.size);
        return;
      case 0x68: // BINGET
        stack.push(this.recall(this.uint(1)));
        return;
      case 0x6a: // LONG_BINGET
        stack.push(this.recall(this.uint(4)));
        return;
      default:
        this.build(code);
    }
  }

  /** Operations that combine values. */
  private build(code: number): void {
    switch (code) {
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        this.stack.push([]);
        return;
      case 0x7d: // EMPTY_DICT
        this.stack.push(new Map());
        return;
      case 0x74: // TUPLE
      case 0x6c: {
        // LIST
        const values = this.sinceMark();
        this.stack.push(values);
        return;
      }
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: {
        // TUPLE3
        const values = [this.pop()];
        while (values.length < code - 0x84) values.unshift(this.pop());
        this.stack.push(values);
        return;
      }
      case 0x61: // APPEND
        return this.extend([this.pop()]);
      case 0x65: // APPENDS
        return this.extend(this.sinceMark());
      case 0x73: {
        // SETITEM
        const value = this.pop();
        return this.setItems([this.pop(), value]);
      }
      case 0x75: // SETITEMS
        return this.setItems(this.sinceMark());
      case 0x64: {
        // DICT
        const values = this.sinceMark();
        this.stack.push(new Map());
        return this.setItems(values);
      }
      case 0x63: // GLOBAL
        return this.pushGlobal(`${this.line()}:${this.line()}`);
      case 0x93: {
        // STACK_GLOBAL
        const name = textOf(this.pop());
        return this.pushGlobal(`${textOf(this.pop())}:${name}`);
      }
      case 0x52: {
        // REDUCE
        const values = this.pop();
        const called = this.pop();
        if (!(called instanceof Global) || !Array.isArray(values))
          throw this.refusal(t('it calls something that is no function'));
        this.stack.push(this.call(called.name, values));
        return;
      }
      case 0x62: {
        // BUILD
        const state = this.pop();
        return this.setState(this.top(), state);
      }
      default: {
        const hex = `0x${code.toString(16).padStart(2, '0')}`;
        const operation = REFUSED[code];
        throw this.refusal(
          operation === undefined
            ? t('it uses the operation unknown to Python ({{hex}})', { hex })
            : t('it uses the operation {{operation}} ({{hex}})', { operation, hex }),
        );
      }
    }
  }

  private extend(values: PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.refusal(t('it appends to something that is no list'));
    for (const value of values) list.push(value);
  }

  private setItems(values: PickleValue[]): void {
    const map = this.top();
    if (!(map instanceof Map)) throw this.refusal(t('it sets an item of something that is no dictionary'));
    if (values.length % 2 !== 0) throw this.refusal(t('a key has no value'));
    for (let i = 0; i < values.length; i += 2) {
      const key = textOf(values[i]);
      if (key === null) throw this.refusal(t('a key is no text'));
      map.set(key, values[i + 1]!);
    }
  }

  /** A line of text, as in GLOBAL. */
  private line(): string {
    const end = this.bytes.subarray(this.at, this.at + NAME_LIMIT).indexOf(0x0a);
    if (end < 0) throw this.refusal(t('the name of a global does not end'));
    const text = latin1Text(this.chunk(end));
    this.take(1);
    return text;
  }

  private pushGlobal(name: string): void {
    if (!GLOBALS.has(name))
      throw this.refusal(
        t('it names {{name}}, which could run a program', {
          name: name.slice(0, NAME_LIMIT).replace(':', '.'),
        }),
      );
    this.stack.push(new Global(name));
  }

  private long(bytes: Uint8Array): number {
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    return Number(BigInt.asIntN(8 * bytes.length, value));
  }

  private call(name: string, values: PickleValue[]): PickleValue {
    const [first, second, third, fourth] = values;
    const bytes = first instanceof PickleText && textOf(second) === 'latin1' ? first.encodeLatin1() : null;
    switch (name) {
      case '_codecs:encode':
        if (bytes === null) throw this.refusal(t('it encodes something other than bytes written as latin1'));
        return bytes;
      case 'numpy:dtype':
        return new Dtype(textOf(first) ?? '');
      case 'numpy.core.multiarray:_reconstruct':
      case 'numpy._core.multiarray:_reconstruct':
        return new PickleArray();
      case 'numpy.core.numeric:_frombuffer':
      case 'numpy._core.numeric:_frombuffer': {
        const array = new PickleArray();
        this.setState(array, [1, third!, second!, textOf(fourth) === 'F', first!]);
        return array;
      }
      default:
        throw this.refusal(t('it calls {{name}}', { name: name.replace(':', '.') }));
    }
  }

  /** numpy's state of an array: version, shape, dtype, whether column-major, bytes. The state of a dtype is ignored. */
  private setState(target: PickleValue, state: PickleValue): void {
    if (target instanceof Dtype && Array.isArray(state)) return;
    if (!(target instanceof PickleArray) || !Array.isArray(state))
      throw this.refusal(t('it sets the state of something that is no array'));
    const [, shape, dtype, columnMajor, data] = state;
    if (
      !Array.isArray(shape) ||
      !shape.every((n): n is number => typeof n === 'number') ||
      !(dtype instanceof Dtype) ||
      !(data instanceof Uint8Array)
    ) {
      throw this.refusal(t('an array has a state that numpy does not write'));
    }
    Object.assign(target, { shape, dtype: dtype.code, columnMajor: Boolean(columnMajor), data });
  }
}
