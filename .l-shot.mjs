import { chromium } from '@playwright/test';
import { serveSite } from '/work/wt-lessons/tools/site.mjs';
import { BROWSER_FLAGS, findBrowser } from '/work/wt-lessons/tools/browser.mjs';
const { url, close } = await serveSite();
const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
const shot = async (name, size, query, scheme='light', act, touch=false) => {
  const ctx = await browser.newContext({ viewport: size, colorScheme: scheme, hasTouch: touch });
  const page = await ctx.newPage();
  page.on('console', m => { if (['error','warning'].includes(m.type())) console.log(name, m.text()); });
  page.on('pageerror', e => console.log(name, 'uncaught', e.stack));
  await page.goto(url + query); await page.waitForTimeout(1500);
  if (act) await act(page);
  await page.screenshot({ path: `/tmp/shots/${name}.png` });
  await ctx.close();
};
export { shot, browser, close, url };
