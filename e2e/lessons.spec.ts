/** Lessons: the first one from its first to its last step, by keyboard alone on a wide screen and by touch on a phone. */
import { expect, test } from './fixtures';
import { open, violations } from './lab';
import { byKeyboard, byPointer, walk, type Expected } from './lesson-walk';

const EARLY_DIP: Expected = {
  answers: { 'factor-two': 'deeper', 'which-block': 'last', causes: 'logits', again: 'much' },
  after: {
    'see-it': async ({ page }, panel) => {
      const rows = panel.locator('[data-reveal] table').last();
      await expect(rows).toContainText(/0\.\d{3}/);
      await expect(rows).toContainText(/\d+\.\d %/);
      // The run is the one that the charts show.
      await expect(page).toHaveURL(/factor=1/);
      expect(await violations(page)).toEqual([]);
    },
  },
};

test.describe('by keyboard alone', () => {
  test.use({ viewport: { width: 1920, height: 1080 } });
  test('the early dip is walked from the first step to the last', async ({ page }) => {
    test.setTimeout(900_000);
    await walk(byKeyboard(page, 'en'), 'early-dip', EARLY_DIP);
  });
});

test.describe('on a phone, by touch, in Chinese', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });
  test('the early dip is walked from the first step to the last', async ({ page }) => {
    test.setTimeout(900_000);
    await walk(byPointer(page, 'zh', true), 'early-dip', EARLY_DIP);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });
});

test('the view lists the lessons; a step has its own link, and going back and forth keeps what was answered', async ({
  page,
}) => {
  await open(page, '?v=1&view=lessons');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Begin: The early dip' }).click();
  const panel = page.getByRole('complementary', { name: 'Lesson', exact: true });
  await panel.getByRole('button', { name: 'Next' }).click();
  await panel.getByRole('button', { name: 'Next' }).click();
  await expect(page).toHaveURL(/lesson=early-dip&step=3/);
  await panel.getByRole('radio').first().click();
  await panel.getByRole('button', { name: 'This is my answer' }).click();
  await page.reload();
  await expect(panel.getByText('Your answer stands.')).toBeVisible();
  await panel.getByRole('button', { name: 'Back' }).click();
  await expect(panel.getByRole('heading', { name: 'See it' })).toBeFocused();
  await page.getByText('Study', { exact: true }).click();
  await expect(panel.getByRole('heading', { name: 'See it' })).toBeVisible();
  await panel.getByRole('button', { name: 'Leave the lesson' }).click();
  await expect(panel).toHaveCount(0);
  await expect(page).not.toHaveURL(/lesson=/);
});

test('what the panel showed before the lesson comes back where the reader wants it', async ({ page }) => {
  await open(page, '?v=1&factor=3&seed=7&lesson=early-dip&step=6');
  const panel = page.getByRole('complementary', { name: 'Lesson', exact: true });
  await panel.getByRole('radio').first().click();
  await panel.getByRole('button', { name: 'This is my answer' }).click();
  await panel.getByRole('button', { name: 'Set up and run' }).click();
  await expect(page).toHaveURL(/seed=2/);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await panel.getByRole('button', { name: 'Leave the lesson' }).click();
  await panel.getByRole('button', { name: 'My experiment from before' }).click();
  await expect(page).toHaveURL(/factor=3&seed=7/);
  await expect(panel).toHaveCount(0);
});
