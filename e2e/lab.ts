/** What end-to-end tests do on the page, in a person's words. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { parseRecord, type RunRecord } from '../src/runs/record';
import { expect } from './fixtures';

/** Real CIFAR-100 images (100 + 20 a class), beside the repository where there are any; never part of it. */
export const ARCHIVE = fileURLToPath(new URL('../../shared/data/cifar-100-binary.tar.gz', import.meta.url));
export const hasArchive = existsSync(ARCHIVE);
if (!hasArchive) console.warn(`Tests on real CIFAR-100 images are skipped: there is no ${ARCHIVE}.`);

/** Opens the lab at a query string and waits until it can be used. */
export async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`./${query}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Step', exact: true })).toBeVisible();
}

export const start = (page: Page) => page.getByRole('button', { name: 'Start', exact: true }).click();

/** Puts the lab into slow motion: a run then lasts as long on any machine, and leaves the page time to answer. */
export async function slowly(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Slow motion: Full speed' }).click();
  await page.getByRole('menuitemradio', { name: '20 steps/s', exact: true }).click();
}

/**
 * Waits until the run has ended that way. An `expect` would describe the whole page at each look in vain, for a report of
 * its failure, which takes a fifth of the page’s time from the run.
 */
export const ended = (page: Page, how: 'finished' | 'stopped' | 'diverged' | 'failed', timeout = 300_000) =>
  page
    .getByText(new RegExp(`· ${how}`))
    .first()
    .waitFor({ timeout });

/** Presses "Save record" and reads what is downloaded. */
export async function savedRecord(page: Page): Promise<RunRecord> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save record' }).click();
  const path = await (await downloading).path();
  return parseRecord(readFileSync(path, 'utf8'));
}

/** Drops a file on the middle of the page. */
export const drop = (page: Page, name: string, content: Buffer, type = ''): Promise<void> =>
  dropFiles(page, [{ name, content, type }]);

/**
 * Drops files together on the middle of the page, which gets them from a server: as the answer to a request that the driver
 * caught, an archive takes a second, and half a minute in a browser of one’s own.
 */
export async function dropFiles(
  page: Page,
  files: readonly { name: string; content: Buffer; type?: string }[],
): Promise<void> {
  const server = createServer(({ url }, response) => {
    response
      .writeHead(200, { 'Access-Control-Allow-Origin': '*' })
      .end(files[Number(url!.slice(1))]!.content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const given = files.map(({ name, type = '' }, i) => ({
      name,
      type,
      url: `http://127.0.0.1:${port}/${i}`,
    }));
    await page.evaluate(fireDrop, given);
  } finally {
    server.close();
  }
}

/** In the page: fetches the files and drops them as a person does. */
async function fireDrop(files: { name: string; type: string; url: string }[]): Promise<void> {
  const transfer = new DataTransfer();
  for (const { name, type, url } of files)
    transfer.items.add(new File([await (await fetch(url)).arrayBuffer()], name, { type }));
  const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? document.body;
  const fire = (at: Element, type: string) =>
    at.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  fire(target, 'dragenter');
  fire(target, 'dragover');
  // The zone covers the page as soon as React has seen the drag; a page that is still loading takes its time.
  const middle = () => document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  for (let turn = 0; turn < 100 && !middle()?.closest('[class*="Dropzone"]'); turn++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  fire(middle() ?? target, 'drop');
}

/**
 * What axe finds, one line a rule and element. It runs in the page itself, and describes only what it objects to: to carry all
 * that it looked at to a second page, as it does otherwise, takes several times as long, for the sake of frames of other origins.
 */
export async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return found.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`));
}

/** By how many px the page can be scrolled sideways. */
export const sidewaysScroll = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** The bar stands on the screen whole, the page does not scroll sideways, and axe finds nothing. */
export async function fitsWithBar(page: Page, bar: Locator): Promise<void> {
  // Away from the button, whose tooltip is no part of the page's regions.
  const { width } = page.viewportSize()!;
  await page.mouse.move(width / 2, 300);
  await expect(page.getByRole('tooltip')).toHaveCount(0);
  await expect(bar).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  expect(await violations(page)).toEqual([]);
}
