/**
 * A streaming reader of tar archives (POSIX.1-1988 "ustar", and what GNU and BSD tar make of it). It takes chunks of
 * any length and passes on file contents immediately, so that memory does not grow with the archive. Libraries such as
 * nanotar need the whole archive in memory.
 */
import { sentences } from '../../language/join';
import { phrase, t } from '../../language/language';
import { DataError } from '../data-error';
import { checkPath, type Entry, type EntrySink, type EntryVisitor } from './entry';

const BLOCK = 512;

const AGAIN = phrase('Download the archive again.');

const broken = (wrong: string) => new DataError(sentences(wrong, t(AGAIN)));

function text(block: Uint8Array, from: number, length: number): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** A number in octal digits; NaN if it is not one. Base-256 numbers (GNU, 8 GB and more) are NaN too, because they are too large. */
function octal(block: Uint8Array, from: number, length: number): number {
  const digits = text(block, from, length).trim();
  return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : NaN;
}

export class TarReader {
  private readonly header = new Uint8Array(BLOCK);
  private headerLength = 0;
  private entry: Entry | null = null;
  private sink: EntrySink | null = null;
  /** Bytes of content, then of padding, still to come. */
  private remaining = 0;
  private padding = 0;
  private position = 0;
  private ended = false;

  /** sizeLimit: largest size of a single entry, in bytes. */
  constructor(
    private readonly visit: EntryVisitor,
    private readonly sizeLimit: number,
  ) {}

  /** Takes the next bytes. Throws DataError for a broken header or an entry above the limit. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.ended) {
      if (this.entry !== null) at = this.content(chunk, at);
      else if (this.padding > 0) at = this.skipPadding(chunk, at);
      else {
        const taken = Math.min(BLOCK - this.headerLength, chunk.length - at);
        this.header.set(chunk.subarray(at, at + taken), this.headerLength);
        this.headerLength += taken;
        this.position += taken;
        at += taken;
        if (this.headerLength === BLOCK) this.open();
      }
    }
  }

  /** Ends the archive. Throws DataError if it is cut short. */
  finish(): void {
    if (this.entry !== null) {
      throw broken(
        t(
          'The archive is cut short: “{{path}}” should have {{size}} bytes, {{missing}} of them are missing.',
          {
            path: this.entry.path,
            size: this.entry.size.toLocaleString('en'),
            missing: this.remaining.toLocaleString('en'),
          },
        ),
      );
    }
    if (this.headerLength > 0 && !this.ended) {
      throw broken(
        t('The archive is cut short inside a tar header, at byte {{place}}.', {
          place: this.position.toLocaleString('en'),
        }),
      );
    }
  }

  private content(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.remaining, chunk.length - at);
    this.sink?.write(chunk.subarray(at, at + taken));
    this.remaining -= taken;
    this.position += taken;
    if (this.remaining === 0) this.close();
    return at + taken;
  }

  private skipPadding(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.padding, chunk.length - at);
    this.padding -= taken;
    this.position += taken;
    return at + taken;
  }

  private open(): void {
    const { header } = this;
    const place = this.position - BLOCK;
    this.headerLength = 0;
    if (header.every((byte) => byte === 0)) {
      this.ended = true;
      return;
    }
    let sum = 8 * 0x20;
    for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i]!;
    if (octal(header, 148, 8) !== sum) {
      throw broken(
        t(
          'Expected a tar header at byte {{place}}; its checksum is wrong, so this is damaged or not a tar archive.',
          { place: place.toLocaleString('en') },
        ),
      );
    }
    const prefix = text(header, 257, 5) === 'ustar' && header[262] === 0 ? text(header, 345, 155) : '';
    const path = `${prefix === '' ? '' : `${prefix}/`}${text(header, 0, 100)}`;
    const size = octal(header, 124, 12);
    if (!(size <= this.sizeLimit)) {
      const values = {
        path,
        place: place.toLocaleString('en'),
        size: size.toLocaleString('en'),
        limit: this.sizeLimit.toLocaleString('en'),
      };
      throw broken(
        Number.isNaN(size)
          ? t(
              'The tar entry “{{path}}” at byte {{place}} has no readable size; at most {{limit}} bytes were expected.',
              values,
            )
          : t(
              'The tar entry “{{path}}” at byte {{place}} has {{size}} bytes; at most {{limit}} bytes were expected.',
              values,
            ),
      );
    }
    // Only regular files have content that is read. Links, directories and extended headers are skipped.
    const type = header[156]!;
    const regular = type === 0 || type === 0x30;
    this.entry = { path: checkPath(path), size };
    this.remaining = size;
    this.padding = (BLOCK - (size % BLOCK)) % BLOCK;
    this.sink = regular ? this.visit(this.entry) : null;
    if (size === 0) this.close();
  }

  private close(): void {
    const sink = this.sink;
    this.entry = null;
    this.sink = null;
    sink?.end();
  }
}
