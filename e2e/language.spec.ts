/** The page in two languages: which one it opens in, and changing it during a run. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { open, useSlowMotion, start, violations, horizontalOverflow } from './lab';

const NET = 'v=1&depths=1,2&widths=4,8&strides=2,2&batch=16&evalEvery=0&test=100&backend=wasm';

const chinese = (page: Page) => page.getByRole('button', { name: '开始', exact: true });
const choose = async (page: Page, from: string, to: string) => {
  await page.getByRole('button', { name: from, exact: true }).click();
  await page.getByRole('menuitem', { name: to }).click();
};
/** Progress in percent, as the progress bar reports it to assistive technology. */
const done = async (page: Page, name: string) =>
  Number(await page.getByRole('progressbar', { name }).getAttribute('aria-valuenow'));

test.describe('with a browser in Chinese', () => {
  test.use({ locale: 'zh-CN' });

  test('the page opens in Chinese, but the language of a link takes precedence', async ({ page }) => {
    await page.goto(`./?${NET}`);
    await expect(chinese(page)).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
    await open(page, `?${NET}&lang=en`);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  });

  test('problems of a link are reported in Chinese, and in English after switching to it', async ({
    page,
  }) => {
    await page.goto('./?v=1&batch=-4&nonsense=1');
    await expect(page.getByText(/batch.*改用/)).toBeVisible();
    await choose(page, '语言', 'English');
    await expect(page.getByText(/batch.*used instead/)).toBeVisible();
  });
});

test('changing the language does not interrupt a run, and the choice survives a reload', async ({ page }) => {
  await open(page, `?${NET}&length=2000`);
  await useSlowMotion(page);
  await start(page);
  await expect.poll(() => done(page, 'Steps done')).toBeGreaterThan(0.2);
  const before = await done(page, 'Steps done');
  await choose(page, 'Language', '中文');
  await expect(page.getByRole('button', { name: '暂停', exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: '语言', exact: true })).toBeFocused();
  await expect.poll(() => done(page, '已完成的步数')).toBeGreaterThan(before);
  expect(new URL(page.url()).searchParams.get('lang')).toBe('zh');
  await page.getByRole('button', { name: '停止', exact: true }).click();
  await expect(page.getByText(/· 已停止/).first()).toBeVisible();

  await page.goto(`./?${NET}`);
  await expect(chinese(page)).toBeVisible();
  await choose(page, '语言', 'English');
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
});

for (const [screen, size] of Object.entries({
  desktop: { width: 1440, height: 900 },
  phone: { width: 360, height: 740 },
}))
  test(`every view in Chinese fits a ${screen}, has no English sentence, and axe finds no violation`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    await page.setViewportSize(size);
    for (const view of ['lab', 'runs', 'sweeps', 'data', 'study', 'lessons', 'class', 'benchmark']) {
      await page.goto(`./?v=1&lang=zh&view=${view}`);
      await expect(page.getByRole('radiogroup', { name: '视图' })).toBeVisible();
      await expect(page.getByText('正在载入……')).toHaveCount(0);
      expect(await horizontalOverflow(page), view).toBe(0);
      // Names and codes stay Latin in Chinese; four English words in a row are an untranslated sentence.
      const said = await page.locator('body').innerText();
      expect(said.match(/(?:\b[a-z]{2,}\b[ ,]+){4,}[a-z]{2,}/g) ?? [], view).toEqual([]);
      expect(await violations(page), view).toEqual([]);
    }
  });
