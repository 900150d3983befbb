/** Links: what they open, hide and contain, and how bad ones are rejected. */
import jsQR from 'jsqr';
import type { Page } from '@playwright/test';
import { resultLink } from '../src/runs/result-link';
import { exampleState } from '../src/runs/example-state';
import { parseResultLink } from '../src/runs/shared-result';
import { expect, test } from './fixtures';
import { waitForEnd, open, start, violations } from './lab';
import { pixelsOf } from './pixels';

const SHORT = '?v=1&depths=1,2&widths=4,8&strides=2,2&batch=16&test=100&backend=wasm&length=60&evalEvery=20';

const share = async (page: Page) => {
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByRole('dialog', { name: 'Share' })).toBeVisible();
};

/** Opens another address. It leaves the page first, because a new fragment alone would not reload it. */
async function openLink(page: Page, link: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(link);
}

test('a link, a QR code, Markdown and an iframe can contain the result of a run, which is drawn behind the visitor’s own run', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, SHORT);
  await start(page);
  await waitForEnd(page, 'finished');
  await share(page);
  await page.getByRole('checkbox', { name: /With the result of/ }).check();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(page.getByText(/^Copied, [\d,]+ characters$/)).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link.length).toBeLessThan(8000);
  const shared = parseResultLink(new URL(link).hash.slice('#r='.length));
  expect(shared).toMatchObject({ backend: 'wasm', steps: 60, end: { how: 'finished' } });

  await page.getByRole('tab', { name: 'QR code' }).click();
  const code = page.getByRole('img', { name: `QR code that opens the result of ${shared.name}` });
  await code.scrollIntoViewIfNeeded();
  const { data, width, height } = await pixelsOf(page, await code.screenshot());
  const read = jsQR(data, width, height);
  const inCode = await page.getByRole('textbox', { name: 'Link in the code' }).inputValue();
  expect(read?.data).toBe(inCode);
  expect(parseResultLink(new URL(inCode).hash.slice(3)).id).toBe(shared.id);

  await page.getByRole('tab', { name: 'Markdown' }).click();
  const markdown = await page.getByRole('textbox', { name: 'Markdown' }).inputValue();
  expect(markdown).toContain(`**${shared.name}**: test accuracy`);
  expect(markdown).toContain(`](${link})`);

  await openLink(page, link);
  const bar = page.getByRole('alert').filter({ hasText: shared.name });
  await expect(bar).toContainText('60 of 60 steps, finished');
  await expect(bar).toContainText('WebAssembly');
  const identity = page.getByRole('region', { name: 'Identity', exact: true });
  await expect(identity.getByText(shared.name)).toBeVisible();
  await expect(identity.locator('path.js-line').first()).toHaveAttribute('style', /stroke-dasharray/);
  expect(await violations(page)).toEqual([]);
  await start(page);
  await waitForEnd(page, 'finished');
  await expect(identity.getByText(shared.name)).toBeVisible();
  await expect(identity.getByText(/layer 3/)).toBeVisible();

  await bar.getByRole('button', { name: `Close the result ${shared.name}` }).click();
  await expect(bar).toBeHidden();
  await expect(page).not.toHaveURL(/#r=/);
  await expect(identity.getByText(/layer 3/)).toBeVisible();
});

test('the link of a QR code alone opens the experiment of its result', async ({ page }) => {
  const run = exampleState({ id: 'quiet otter', layers: 3, steps: 80, experiment: { lr: 0.123, seed: 17 } });
  await open(page, `#r=${resultLink(run, '0.1.0', 800)}`);
  await expect(page.getByRole('alert').filter({ hasText: 'quiet otter' })).toBeVisible();
  await expect(page.getByRole('button', { name: /New seed/ })).toBeVisible();
  await page.getByRole('button', { name: 'Optimiser' }).click();
  await expect(page.getByRole('textbox', { name: 'Learning rate', exact: true })).toHaveValue('0.123');
});

test('a damaged or malicious result is rejected, and nothing else on the page changes', async ({ page }) => {
  const good = resultLink(exampleState({ id: 'quiet otter' }), '0.1.0');
  for (const [bad, why] of [
    [good.slice(0, -5), /checksum is wrong|cut short/],
    ['<img src=x onerror=alert(1)>', /letters, digits/],
    ['A'.repeat(20_000), /at most 16384 characters, found 20000/],
    ['', /cut short/],
  ] as const) {
    await openLink(page, `./?v=1&lr=0.2#r=${bad}`);
    const bar = page.getByRole('alert').filter({ hasText: 'The result in this link cannot be read' });
    await expect(bar).toContainText(why);
    await bar.getByRole('button', { name: 'Close the message on the result' }).click();
    await expect(bar).toBeHidden();
    await expect(page).toHaveURL(/\?v=1&lr=0\.2$/);
  }
});

test('a link opens a view and a part of the page, hides other parts and keeps a lesson’s step; everything hidden can be shown again', async ({
  page,
}) => {
  // Wide enough for the settings next to a lesson; in narrower windows they are in a drawer.
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, `${SHORT}&hide=panel,chart.loss,fuse&lesson=early-dip&step=2`);
  await expect(page.getByRole('complementary', { name: 'Settings' })).toBeHidden();
  await expect(page.getByRole('region', { name: 'Loss', exact: true })).toBeHidden();
  await expect(page.getByRole('region', { name: 'Accuracy', exact: true })).toBeVisible();
  await expect(page.getByText('This link hides 3 parts of the page.')).toBeVisible();
  await page.getByRole('button', { name: 'New seed' }).click();
  await expect(page).toHaveURL(/&seed=\d+.*&hide=panel,fuse,chart\.loss&lesson=early-dip&step=2$/);
  await page.getByRole('button', { name: 'Show everything' }).click();
  await expect(page.getByRole('complementary', { name: 'Settings' })).toBeVisible();
  await expect(page).not.toHaveURL(/hide=/);

  await openLink(page, './?view=runs');
  await expect(page.getByRole('radio', { name: 'Runs' })).toBeChecked();
  await openLink(page, './#study');
  await expect(page.getByRole('radio', { name: 'Study' })).toBeChecked();
  await page.getByText('Sweeps', { exact: true }).click();
  await expect(page).toHaveURL(/\?view=sweeps$/);
  await openLink(page, './?at=answers');
  await expect(page.getByRole('heading', { name: 'What the network gets right' })).toBeInViewport();
  await openLink(page, './?view=kitchen&hide=sink');
  await expect(page.getByText(/view: found “kitchen”, expected one of lab, runs/)).toBeVisible();
  await expect(page.getByText(/hide: there is nothing called “sink”/)).toBeVisible();
});

test('the checklist of hidden parts goes into the link, also with the keyboard', async ({ page }) => {
  await open(page, SHORT);
  await page.getByRole('button', { name: 'Share' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /Hide parts of the page/ }).click();
  await page.getByRole('checkbox', { name: 'Presets' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Optimiser' }).last().click();
  await page.getByRole('checkbox', { name: 'Learning rate', exact: true }).check();
  const link = page.getByRole('textbox', { name: 'Link' });
  await expect(link).toHaveValue(/&hide=presets,lr$/);
  await page.getByRole('checkbox', { name: 'The whole section Optimiser' }).check();
  await expect(link).toHaveValue(/&hide=presets,section\.optimiser$/);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Hide nothing' }).click();
  await expect(link).not.toHaveValue(/hide=/);
});

test('an embedded chart and an embedded block train at 480x320, without a header', async ({ page, site }) => {
  await page.setViewportSize({ width: 1000, height: 700 });
  await open(page, SHORT);
  await share(page);
  await page.getByRole('tab', { name: 'Embed' }).click();
  await page.getByRole('combobox', { name: /Shows/ }).selectOption('Identity');
  const code = await page.getByRole('textbox', { name: 'HTML' }).inputValue();
  expect(code).toMatch(
    /^<iframe src="[^"<>]+&amp;embed=1&amp;show=chart\.identity" title="Branch Lab: Identity"/,
  );
  const address = code.split('"')[1]!.replaceAll('&amp;', '&');
  await page.setViewportSize({ width: 480, height: 320 });
  await openLink(page, address);
  await expect(page.getByRole('radiogroup', { name: 'View' })).toBeHidden();
  await start(page);
  await waitForEnd(page, 'finished');
  await expect(page.getByRole('region', { name: 'Identity' })).toContainText('layer 3');
  const scrolls = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(await scrolls()).toBe(false);
  // Axe would report the tooltip of the pressed button, which is outside the landmarks.
  await page.mouse.move(240, 200);
  await expect(page.getByRole('tooltip')).toHaveCount(0);
  expect(await violations(page)).toEqual([]);
  await expect(page.getByRole('link', { name: 'Open in Branch Lab' })).toHaveAttribute(
    'href',
    new RegExp(`^${site}\\?v=1&depths=1,2[^#]*evalEvery=20&test=100&backend=wasm$`),
  );
  // The same, in a frame of another page.
  await page.setContent(code.replace('width="640" height="400"', 'width="460" height="300"'));
  const frame = page.frameLocator('iframe');
  await frame.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(frame.getByText(/· finished/).first()).toBeVisible();
  await openLink(page, address.replace('chart.identity', 'diagram'));
  await page
    .getByRole('button', { name: /1x1 branch/ })
    .first()
    .click();
  await expect(page).toHaveURL(/conv1x1=off.*embed=1&show=diagram/);
});
