/** A tab's presentation: an id, by which the second window finds it again after a reload, and when it began. */
import { z } from 'zod';

const sessionSchema = z.object({ id: z.string().regex(/^[a-z0-9]{1,40}$/), began: z.number() });
export type Session = z.infer<typeof sessionSchema>;

const KEY = 'branch-lab-present';
let here: Session | null = null;

function kept(): Session | null {
  try {
    return sessionSchema.safeParse(JSON.parse(sessionStorage.getItem(KEY) ?? 'null')).data ?? null;
  } catch {
    // Storage that is refused: a reload begins another one.
    return null;
  }
}

function keep(session: Session): Session {
  here = session;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(session));
  } catch {
    // It holds until the page is closed.
  }
  return session;
}

const newId = () => [...crypto.getRandomValues(new Uint32Array(2))].map((part) => part.toString(36)).join('');

/** The presentation of this tab; begins one where there is none. */
export const currentSession = (): Session => here ?? keep(kept() ?? { id: newId(), began: Date.now() });

/** The clock of the next presentation of this tab begins anew; its second window is the same. */
export function beginSession(): void {
  keep({ id: currentSession().id, began: Date.now() });
}
