/**
 * node tools/builtin.mjs sheet|curves: draws two pictures of the built-in set, docs/builtin-contact-sheet.png and
 * docs/builtin-learning.png. The learning curves are trained here, in Node, on one thread. Each finished curve is
 * saved in docs/builtin-learning.json, so that an interrupted command continues with the next one.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { loadModule } from './load-module.mjs';
import { ROOT } from './root.mjs';
import { setUp } from './setup.mjs';

const CURVES = join(ROOT, 'docs', 'builtin-learning.json');

/** The curves to train. The learning rate of the linear model is the best of 0.001, 0.003, 0.01 and 0.03. */
const PLAN = /** @type {const} */ ([
  { model: 'resnet', difficulty: 'medium', seed: 1, epochs: 10, lr: 0.1 },
  { model: 'linear', difficulty: 'medium', seed: 1, epochs: 8, lr: 0.01 },
  { model: 'resnet', difficulty: 'hard', seed: 1, epochs: 10, lr: 0.1 },
]);

const [what] = process.argv.slice(2);
if (what !== 'sheet' && what !== 'curves') {
  console.error('Usage: node tools/builtin.mjs sheet|curves');
  process.exit(2);
}
setUp();
const { chromium } = await import('@playwright/test');
const { BROWSER_FLAGS, ensureBrowser } = await import('./browser.mjs');

/** Saves a screenshot of a page's body, with two pixels per CSS pixel. */
async function picture(/** @type {string} */ html, /** @type {string} */ name) {
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1000, height: 600 }, deviceScaleFactor: 2 });
    await page.setContent(`<!doctype html>${html}`);
    const path = join(ROOT, 'docs', name);
    await page.locator('body').screenshot({ path });
    console.log(`Wrote ${path}`);
  } finally {
    await browser.close();
  }
}

/** @typedef {import('./builtin/figure').Curve & { epochs: number; lr: number }} TrainedCurve with its row of PLAN */

/** The learning curve of each row of PLAN, trained if the file CURVES does not have it yet. */
async function learnAll() {
  const { learn } = /** @type {typeof import('./builtin/curves')} */ (
    await loadModule('tools/builtin/curves.ts')
  );
  /** @type {TrainedCurve[]} */
  const done = existsSync(CURVES) ? JSON.parse(readFileSync(CURVES, 'utf8')) : [];
  const keys = /** @type {const} */ (['model', 'difficulty', 'seed', 'epochs', 'lr']);
  /** @type {TrainedCurve[]} */
  const curves = [];
  for (const row of PLAN) {
    const curve = done.find((kept) => keys.every((key) => kept[key] === row[key])) ?? {
      ...row,
      points: await learn(row.model, row.difficulty, row, (point) =>
        console.log(row.model, row.difficulty, JSON.stringify(point)),
      ),
    };
    curves.push(curve);
    writeFileSync(CURVES, `${JSON.stringify(curves, null, 2)}\n`);
  }
  return curves;
}

if (what === 'sheet') {
  const { contactSheet } = /** @type {typeof import('./builtin/sheet')} */ (
    await loadModule('tools/builtin/sheet.ts')
  );
  await picture(await contactSheet(), 'builtin-contact-sheet.png');
} else {
  const { figure } = /** @type {typeof import('./builtin/figure')} */ (
    await loadModule('tools/builtin/figure.ts')
  );
  await picture(figure(await learnAll()), 'builtin-learning.png');
}
