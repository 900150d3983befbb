/** Actions on the page that several end-to-end tests share. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { parseRecord, type RunRecord } from '../src/runs/record-schema';
import { expect } from './fixtures';

/**
 * Real CIFAR-100 images (100 + 20 per class) in a folder next to the repository, if present. They are never part of
 * it.
 */
export const ARCHIVE = fileURLToPath(new URL('../../shared/data/cifar-100-binary.tar.gz', import.meta.url));
export const hasArchive = existsSync(ARCHIVE);
if (!hasArchive) console.warn(`Tests on real CIFAR-100 images are skipped: there is no ${ARCHIVE}.`);

/** Opens the lab with a query string and waits until it is ready. */
export async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`./${query}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Step', exact: true })).toBeVisible();
}

export const start = (page: Page) => page.getByRole('button', { name: 'Start', exact: true }).click();

/** Switches to slow motion: a run then takes the same time on every machine and leaves the page responsive. */
export async function useSlowMotion(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Slow motion: Full speed' }).click();
  await page.getByRole('menuitemradio', { name: '20 steps/s', exact: true }).click();
}

/**
 * Waits until the run has ended in a given way. It does not use `expect`, which would describe the whole page at every
 * poll for its failure report and so take a fifth of the page’s time from the run.
 */
export const waitForEnd = (
  page: Page,
  how: 'finished' | 'stopped' | 'diverged' | 'failed',
  timeout = 300_000,
) =>
  page
    .getByText(new RegExp(`· ${how}`))
    .first()
    .waitFor({ timeout });

/** Presses "Save record" and returns the downloaded record. */
export async function saveRecord(page: Page): Promise<RunRecord> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save record' }).click();
  const path = await (await downloading).path();
  return parseRecord(readFileSync(path, 'utf8'));
}

/** Drops a file onto the middle of the page. */
export const drop = (page: Page, name: string, content: Buffer, type = ''): Promise<void> =>
  dropFiles(page, [{ name, content, type }]);

/**
 * Drops several files at once onto the middle of the page. The page fetches them from a server, because an archive
 * that is sent through the driver takes a second, and half a minute in a separate browser.
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

/** Runs in the page: fetches the files and fires the events of a drag and drop. */
async function fireDrop(files: { name: string; type: string; url: string }[]): Promise<void> {
  const transfer = new DataTransfer();
  for (const { name, type, url } of files)
    transfer.items.add(new File([await (await fetch(url)).arrayBuffer()], name, { type }));
  const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? document.body;
  const fire = (at: Element, type: string) =>
    at.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  fire(target, 'dragenter');
  fire(target, 'dragover');
  // The drop zone covers the page once React has handled the drag, which takes longer while the page is loading.
  const middle = () => document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  for (let turn = 0; turn < 100 && !middle()?.closest('[class*="Dropzone"]'); turn++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  fire(middle() ?? target, 'drop');
}

/**
 * Accessibility violations that axe finds, one line per rule and element. Axe runs in the page itself and describes
 * only violations: its default, which sends all results to a second page to support frames of other origins, is
 * several times slower.
 */
export async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return found.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`));
}

/** Number of pixels by which the page can be scrolled horizontally. */
export const horizontalOverflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/**
 * Asserts that the bar is completely visible, that the page does not scroll horizontally, and that axe finds no
 * violation.
 */
export async function expectBarFits(page: Page, bar: Locator): Promise<void> {
  // Move away from the button: axe would report its tooltip, which is outside the page's landmarks.
  const { width } = page.viewportSize()!;
  await page.mouse.move(width / 2, 300);
  await expect(page.getByRole('tooltip')).toHaveCount(0);
  await expect(bar).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  expect(await violations(page)).toEqual([]);
}
