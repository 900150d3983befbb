/**
 * node tools/builtin.mjs sheet|curves: makes the README's two pictures of the built-in set, docs/builtin-contact-sheet.png
 * and docs/builtin-learning.png. The curves are trained here, in Node, on one thread, and kept in
 * docs/builtin-learning.json, curve by curve: a run that is cut short goes on from the next curve.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ensureKernels } from './kernels.mjs';
import { ensureDependencies, ROOT } from './setup.mjs';

const CURVES = join(ROOT, 'docs', 'builtin-learning.json');

/** What is trained. Of 0.001, 0.003, 0.01 and 0.03 the linear model did best with 0.01. */
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
ensureDependencies();
ensureKernels();
const { chromium } = await import('@playwright/test');
const { BROWSER_FLAGS, ensureBrowser } = await import('./browser.mjs');

/** A TypeScript module of the lab, in Node. */
async function load(/** @type {string} */ path) {
  const { runnerImport } = await import('vite');
  const options = /** @type {const} */ ({ root: ROOT, configFile: false, logLevel: 'error' });
  return (await runnerImport(join(ROOT, path), options)).module;
}

/** Takes a picture of a page's body, two pixels a unit. */
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

/** The curves so far, each with the row of PLAN that it is of. */
async function learnAll() {
  const { learn } = await load('tools/builtin/curves.ts');
  const done = existsSync(CURVES) ? JSON.parse(readFileSync(CURVES, 'utf8')) : [];
  const same = (/** @type {any} */ curve, /** @type {any} */ row) =>
    Object.keys(row).every((key) => curve[key] === row[key]);
  const curves = [];
  for (const row of PLAN) {
    let curve = done.find((/** @type {any} */ kept) => same(kept, row));
    if (!curve) {
      const points = await learn(row.model, row.difficulty, row, (/** @type {any} */ point) =>
        console.log(row.model, row.difficulty, JSON.stringify(point)),
      );
      curve = { ...row, points };
    }
    curves.push(curve);
    writeFileSync(CURVES, `${JSON.stringify(curves, null, 2)}\n`);
  }
  return curves;
}

if (what === 'sheet') {
  const { contactSheet } = await load('tools/builtin/sheet.ts');
  await picture(await contactSheet(), 'builtin-contact-sheet.png');
} else {
  const { figure } = await load('tools/builtin/figure.ts');
  await picture(figure(await learnAll()), 'builtin-learning.png');
}
