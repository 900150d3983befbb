/**
 * node tools/icons.mjs: draws the icons of the installed lab, public/icons/*.png, from the logo public/favicon.svg.
 */
import { chromium } from '@playwright/test';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BROWSER_FLAGS, ensureBrowser } from './browser.mjs';
import { ROOT } from './root.mjs';

const logo = readFileSync(join(ROOT, 'public', 'favicon.svg'), 'utf8');
/**
 * The logo with its background extended to the edges and its drawing in the central area that no icon mask cuts off.
 */
const whole = logo
  .replace('rx="8"', '')
  .replace('0 0 32 32', '-4 -4 40 40')
  .replace('<rect', '<rect x="-4" y="-4"');
const maskable = whole.replace('width="32" height="32"', 'width="40" height="40"');

const ICONS = [
  { name: 'any-192', side: 192, svg: logo },
  { name: 'any-512', side: 512, svg: logo },
  { name: 'maskable-192', side: 192, svg: maskable },
  { name: 'maskable-512', side: 512, svg: maskable },
  { name: 'touch-180', side: 180, svg: maskable },
];

const folder = join(ROOT, 'public', 'icons');
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
const page = await browser.newPage();
for (const { name, side, svg } of ICONS) {
  await page.setViewportSize({ width: side, height: side });
  await page.setContent(
    `<style>body { margin: 0 } svg { display: block; width: ${side}px; height: ${side}px }</style>${svg}`,
  );
  await page.screenshot({ path: join(folder, `${name}.png`), omitBackground: true });
}
await browser.close();
