/** Stores that are kept in the browser's local storage: what is read back is checked, and set aside where it is not what it should be. */
import type { z } from 'zod';
import { message, type Message } from '../../language/message';

/** The notice of a store that could not be read. */
type KeptStore = 'notice.board' | 'notice.sweeps' | 'notice.queue' | 'notice.lessons';

/** Where what could not be read is set aside. */
export const asideKey = (key: string): string => `${key}-unreadable`;

/** What was kept under `key`, or `empty` and `notice` with the place and the key. */
export function readKept<T>(
  kept: unknown,
  { key, notice, schema, empty }: { key: string; notice: KeptStore; schema: z.ZodType<T>; empty: T },
): T & { notice: Message | null } {
  const parsed = schema.safeParse(kept);
  if (parsed.success) return { ...parsed.data, notice: null };
  localStorage.setItem(asideKey(key), JSON.stringify(kept));
  const place = parsed.error.issues[0]?.path.join('.') || message('notice.topLevel');
  return { ...empty, notice: message(notice, { place, key: asideKey(key) }) };
}
