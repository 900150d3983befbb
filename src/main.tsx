/** Isolates the page where that is left to it, and then starts the lab in the reader's language. */
import { isolate } from './offline/isolate';
import { openLanguage } from './language/choose';

/** Not awaited here: what the page is made of may share this module, and could not start before it has ended. */
async function begin(): Promise<void> {
  const isolation = await isolate();
  if (isolation.kind === 'reloading') return;
  // Together, as neither needs the other; nothing is drawn before its words are there.
  const [{ showPage }] = await Promise.all([import('./page'), openLanguage()]);
  showPage(isolation);
}

// An error that nobody handles; index.html tells of one that comes before the page.
void begin();
