/** Isolates the page if the host does not, and then starts the lab in the reader's language. */
import { isolate } from './offline/isolate';
import { openLanguage } from './language/choose';

/** Not awaited at top level: chunks of the page may import this module, and would wait until it has ended. */
async function begin(): Promise<void> {
  const isolation = await isolate();
  if (isolation.kind === 'reloading') return;
  // In parallel, because neither needs the other. The page is drawn when its texts are loaded.
  const [{ showPage }] = await Promise.all([import('./page'), openLanguage()]);
  showPage(isolation);
}

// An unhandled error. index.html shows an error that occurs before the page is drawn.
void begin();
