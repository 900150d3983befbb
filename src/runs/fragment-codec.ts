/**
 * Bytes as text that survives in a link's fragment, and back: base64url of one byte with the version, four with a
 * checksum of what follows, and the bytes, deflated. Reading checks in this order, each before the next does any work:
 * length, alphabet, version, checksum, and the inflated size.
 */
import { deflateSync, inflateSync } from 'fflate';
import { t } from '../language/language';

/** The result in a link cannot be read, or a run cannot be put into one; the message says what was expected and what found. */
export class ResultLinkError extends Error {}

/** The version that the lab writes; raised when the meaning of anything in it changes, the dictionary included. */
export const LINK_VERSION = 1;
/** The most characters that are read: twice what the lab writes. */
export const MOST_CHARACTERS = 16_384;
/** The most inflated bytes; the lab writes a third of it at most. */
export const MOST_BYTES = 65_536;
const HEAD = 5;

/** FNV-1a, 32 bits: detects accidental damage, not forgery. */
export function checksum(bytes: Uint8Array): number {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return hash;
}

/** `dictionary` is the preset dictionary of deflate; reading needs the same one. */
export function toLinkText(bytes: Uint8Array, dictionary: Uint8Array): string {
  const deflated = deflateSync(bytes, { level: 9, dictionary });
  const all = new Uint8Array(HEAD + deflated.length);
  all[0] = LINK_VERSION;
  new DataView(all.buffer).setUint32(1, checksum(deflated));
  all.set(deflated, HEAD);
  let text = '';
  for (const byte of all) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Throws ResultLinkError, and nothing else. */
export function fromLinkText(text: string, dictionary: Uint8Array): Uint8Array {
  if (text.length > MOST_CHARACTERS)
    throw new ResultLinkError(
      t('expected at most {{most}} characters, found {{found}}', {
        most: MOST_CHARACTERS,
        found: text.length,
      }),
    );
  const stranger = /[^A-Za-z0-9_-]/u.exec(text);
  if (stranger)
    throw new ResultLinkError(
      t('expected letters, digits, “-” and “_” only, found {{found}} at place {{place}}', {
        found: JSON.stringify(stranger[0]),
        place: stranger.index + 1,
      }),
    );
  let all: Uint8Array;
  try {
    all = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  } catch {
    throw new ResultLinkError(
      t('expected whole bytes, found {{found}} characters; the link is cut short', { found: text.length }),
    );
  }
  if (all.length <= HEAD)
    throw new ResultLinkError(
      t('expected a result, found {{found}} bytes; the link is cut short', { found: all.length }),
    );
  if (all[0] !== LINK_VERSION)
    throw new ResultLinkError(
      all[0]! > LINK_VERSION
        ? t('expected version {{expected}}, found {{found}}; a newer Branch Lab may read it', {
            expected: LINK_VERSION,
            found: all[0],
          })
        : t('expected version {{expected}}, found {{found}}', { expected: LINK_VERSION, found: all[0] }),
    );
  const deflated = all.subarray(HEAD);
  if (new DataView(all.buffer).getUint32(1) !== checksum(deflated))
    throw new ResultLinkError(
      t('expected an unchanged link, found one whose checksum is wrong; copy it again'),
    );
  let bytes: Uint8Array;
  try {
    // One byte more than allowed: what is longer fills it, and nothing is ever allocated beyond it.
    bytes = inflateSync(deflated, { out: new Uint8Array(MOST_BYTES + 1), dictionary });
  } catch (error) {
    throw new ResultLinkError(
      t('expected compressed data, found something else ({{why}})', { why: String(error) }),
    );
  }
  if (bytes.length > MOST_BYTES)
    throw new ResultLinkError(
      t('expected at most {{most}} bytes once inflated, found more', { most: MOST_BYTES }),
    );
  return bytes;
}
