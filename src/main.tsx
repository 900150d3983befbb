/** Isolates the page where that is left to it, and then starts the lab. */
import { isolate } from './anywhere/isolate';

const isolation = await isolate();
if (isolation.kind === 'start') {
  const { showPage } = await import('./page');
  showPage(isolation);
}
