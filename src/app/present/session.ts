/** A tab's presentation: an id, by which the second window finds it after a reload, and its start time. */
import { z } from 'zod';

const sessionSchema = z.object({ id: z.string().regex(/^[a-z0-9]{1,40}$/), began: z.number() });
export type Session = z.infer<typeof sessionSchema>;

const KEY = 'branch-lab-present';
let here: Session | null = null;

function kept(): Session | null {
  try {
    return sessionSchema.safeParse(JSON.parse(sessionStorage.getItem(KEY) ?? 'null')).data ?? null;
  } catch {
    // Without storage, a reload begins another session.
    return null;
  }
}

function keep(session: Session): Session {
  here = session;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(session));
  } catch {
    // Without storage, the session lasts until the page is closed.
  }
  return session;
}

const newId = () => [...crypto.getRandomValues(new Uint32Array(2))].map((part) => part.toString(36)).join('');

/** The presentation of this tab; starts one if there is none. */
export const currentSession = (): Session => here ?? keep(kept() ?? { id: newId(), began: Date.now() });

/** Restarts the clock for the next presentation of this tab. The second window stays the same. */
export function beginSession(): void {
  keep({ id: currentSession().id, began: Date.now() });
}
