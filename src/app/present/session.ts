/** A presentation's id and when it began; a reload goes on with them, so that the second window finds it again. */
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

function begun(): Session {
  const parts = crypto.getRandomValues(new Uint32Array(2));
  const session = { id: [...parts].map((part) => part.toString(36)).join(''), began: Date.now() };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(session));
  } catch {
    // It holds until the page is closed.
  }
  return session;
}

/** The presentation of this tab; begins one where there is none. */
export const currentSession = (): Session => (here ??= kept() ?? begun());

/** The next one is another. */
export function endSession(): void {
  here = null;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
