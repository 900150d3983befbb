/** The service worker's program: tools/offline.mjs builds it beside the page. */
import { serveOffline, type WorkerScope } from './offline-worker';
import type { Build } from './rules';

declare const __BUILD__: Build;

serveOffline(self as unknown as WorkerScope, __BUILD__);
