/** Reads stores from local storage: saved content is validated, and set aside under another key if it is invalid. */
import type { z } from 'zod';
import { message, type Message } from '../../language/message';

/** Message ids for a store that could not be read. */
type KeptStore = 'notice.board' | 'notice.sweeps' | 'notice.queue' | 'notice.lessons';

/** Key under which unreadable content is set aside. */
export const asideKey = (key: string): string => `${key}-unreadable`;

/**
 * The content saved under `key`; or `empty` with a notice that names the place of the error and the key of the copy.
 */
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
