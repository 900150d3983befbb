/** Stores that are kept in the browser's local storage: what is read back is checked, and set aside where it is not what it should be. */
import type { z } from 'zod';

/** Where what could not be read is set aside. */
export const asideKey = (key: string): string => `${key}-unreadable`;

/**
 * What was kept under `key`, or `empty` and a notice. `what` names it in the notice: "The board".
 */
export function readKept<T>(
  kept: unknown,
  { key, what, schema, empty }: { key: string; what: string; schema: z.ZodType<T>; empty: T },
): T & { notice: string | null } {
  const parsed = schema.safeParse(kept);
  if (parsed.success) return { ...parsed.data, notice: null };
  localStorage.setItem(asideKey(key), JSON.stringify(kept));
  const place = parsed.error.issues[0]?.path.join('.') || 'its top level';
  return {
    ...empty,
    notice: `${what} kept in this browser could not be read (at ${place}). It is set aside under “${asideKey(key)}” in the browser’s storage, and a new one is begun.`,
  };
}
