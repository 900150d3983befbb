/** Isolates the page where that is left to it, and then starts the lab. */
import { isolate } from './anywhere/isolate';

/** Not awaited here: what the page is made of may share this module, and could not start before it has ended. */
async function begin(): Promise<void> {
  const isolation = await isolate();
  if (isolation.kind === 'reloading') return;
  const { showPage } = await import('./page');
  showPage(isolation);
}

// An error that nobody handles; index.html tells of one that comes before the page.
void begin();
