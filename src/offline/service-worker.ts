/** The entry point of the service worker. tools/offline.mjs builds it next to the page. */
import { serveOffline, type WorkerScope } from './offline-worker';
import type { Build } from './rules';

declare const __BUILD__: Build;

serveOffline(self as unknown as WorkerScope, __BUILD__);
