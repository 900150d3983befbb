/** Stores that are kept in the browser's local storage: what is read back is checked, and set aside where it is not what it should be. */
import type { z } from 'zod';
import { inEnglish } from '../../language/phrase';
import { TOP_LEVEL } from './notices';

/** Where what could not be read is set aside. */
export const asideKey = (key: string): string => `${key}-unreadable`;

/**
 * What was kept under `key`, or `empty` and `notice` with the place and the key. It is in English, as stores are read
 * before a language is chosen.
 */
export function readKept<T>(
  kept: unknown,
  { key, notice, schema, empty }: { key: string; notice: string; schema: z.ZodType<T>; empty: T },
): T & { notice: string | null } {
  const parsed = schema.safeParse(kept);
  if (parsed.success) return { ...parsed.data, notice: null };
  localStorage.setItem(asideKey(key), JSON.stringify(kept));
  const place = parsed.error.issues[0]?.path.join('.') || TOP_LEVEL;
  return { ...empty, notice: inEnglish(notice, { place, key: asideKey(key) }) };
}
