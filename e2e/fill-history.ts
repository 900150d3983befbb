/** Fills the stored history with made-up runs by writing to the browser's database. */
import type { Page } from '@playwright/test';
import { PANELS } from '../src/network/curves';
import { STATISTICS } from '../src/instruments/statistics';
import type { StoredEntry } from '../src/runs/history/entry';

interface Filling {
  runs: number;
  steps: number;
  layers: number;
}

const SEGMENT = 1000;

/** Adds the runs. The page must have opened its history before, and shows the new runs after a reload. */
export async function fillHistory(page: Page, filling: Filling): Promise<void> {
  const panels = PANELS.slice(0, 3);
  await page.evaluate(
    async ({ runs, steps, layers, panels: names, statistics, segment }) => {
      const opened = indexedDB.open('branch-lab-runs');
      await new Promise((resolve) => (opened.onsuccess = resolve));
      const database = opened.result;
      const wave = (i: number, length: number, deep: number) =>
        1 - deep * Math.exp(-(((i - length / 8) / (length / 12)) ** 2));
      const curves = Array.from({ length: layers }, (_, layer) =>
        names.map((panel) => ({ panel, layer, copy: 0, parameter: panel, kind: 'gamma', channels: 8 })),
      ).flat();
      const wide = new Float32Array(segment * (5 + curves.length * statistics)).fill(1);
      for (let n = 0; n < runs; n++) {
        const id = `filled-${n}`;
        const at = new Date(Date.UTC(2026, 0, 1) + n * 3_600_000).toISOString();
        const dataset = { label: n % 3 === 0 ? 'CIFAR-100' : 'Built-in drawings', digest: 'd'.repeat(64) };
        const points = Array.from({ length: 48 }, (_, i) => i);
        const deep = ((n * 37) % 50) / 100;
        const entry: StoredEntry = {
          id,
          name: `run ${n}`,
          note: n % 10 === 0 ? 'worth repeating' : '',
          tags: n % 4 === 0 ? ['quarter'] : [],
          starred: n % 25 === 0,
          number: n,
          createdAt: at,
          updatedAt: at,
          deletedAt: null,
          query: `?v=1&depths=5,6,6,5&widths=8,8,16,32&strides=1,2,2,2&length=${steps}&lr=${1 + (n % 9)}e-2&seed=${n}`,
          appVersion: '0.1.0',
          backend: 'wasm',
          adapter: 'SIMD, 2 threads',
          dataset,
          parameters: 123_456,
          totalSteps: steps,
          firstStep: 0,
          steps,
          imagesPerSecond: 1000 + n,
          loss: 4 - n / runs,
          evaluation: { step: steps, images: 2000, loss: 3, top1: ((n * 17) % runs) / runs, top5: 1 },
          dips: names.map((panel, p) => ({
            panel,
            layer: layers - 1,
            step: 40 + n,
            value: 1 - deep / (p + 1),
            depth: deep / (p + 1),
            halfRecoveryStep: p === 0 ? 130 : null,
          })),
          end: {
            how: n % 7 === 0 ? 'stopped' : 'finished',
            step: steps,
            reason: 'Done.',
            digest: 'e'.repeat(64),
          },
          checkpoint: null,
          origin: null,
          sweep: null,
          thumbnail: {
            loss: points.map((i) => 4.6 - (i * n) / runs / 48),
            panels: names.map((panel, p) => ({
              panel,
              values: points.map((i) => wave(i, 48, deep / (p + 1))),
            })),
          },
          bytes: { series: steps * (curves.length * statistics + 5) * 4, checkpoint: 0 },
        };
        const transaction = database.transaction(['entries', 'bodies', 'segments'], 'readwrite');
        transaction.objectStore('entries').put(entry);
        transaction.objectStore('bodies').put({
          id,
          curves,
          columns: [],
          environment: { backend: 'wasm', adapter: entry.adapter, reason: '' },
          dataset: { id: 'builtin', ...dataset, train: 1, test: 1, trainUsed: 1, testUsed: 1 },
          stepsPerEpoch: 100,
          batch: 64,
          evaluations: [entry.evaluation],
        });
        for (let first = 0; first < steps; first += segment) {
          const count = Math.min(segment, steps - first);
          transaction.objectStore('segments').put({
            id,
            first,
            series: {
              firstStep: first,
              count,
              values: wide.slice(0, count * (5 + curves.length * statistics)),
            },
            measurements: [],
          });
        }
        await new Promise((resolve) => (transaction.oncomplete = resolve));
      }
      database.close();
    },
    { ...filling, panels, statistics: STATISTICS.length, segment: SEGMENT },
  );
}
