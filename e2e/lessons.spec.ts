/**
 * Every lesson from its first to its last step with its instructions carried out: on a wide screen in one language
 * (the first lesson with the keyboard alone), and by touch on a phone in the other language, with recordings where
 * there are any. Also custom lessons.
 */
import { LESSON_PARTS, partLabel, selectorOf } from '../src/page/parts';
import { parseResultLink } from '../src/runs/shared-result';
import { expect, test } from './fixtures';
import { drop, open, violations, horizontalOverflow } from './lab';
import { byKeyboard, byPointer, inSettings, textIn, walk, type Expected } from './lesson-walk';

// The lessons train networks, which takes long on a busy machine.
test.describe.configure({ timeout: 900_000 });

const EARLY_DIP: Expected = {
  answers: { 'factor-two': 'deeper', 'which-block': 'last', causes: 'logits', again: 'much' },
  after: {
    'see-it': async ({ page }, panel) => {
      const tables = panel.locator('[data-reveal] table');
      await expect(tables.first()).toContainText(/0\.\d{3}/);
      await expect(tables.last()).toContainText(/\d+\.\d %/);
      // The charts show this run.
      await expect(page).toHaveURL(/factor=1/);
      expect(await violations(page)).toEqual([]);
    },
  },
};

/** On real images the scales of the first block fall too, and no answer is certain. */
const BY_RECORDING = { causes: 'none' };

test.describe('with the keyboard alone', () => {
  test.use({ viewport: { width: 1920, height: 1080 } });
  test('the lesson on the early dip can be completed', async ({ page }) => {
    const reader = { ...byKeyboard(page, 'en'), watches: true };
    await walk(reader, 'early-dip', { ...EARLY_DIP, answers: { ...EARLY_DIP.answers, ...BY_RECORDING } });
  });
});

interface Walk {
  id: string;
  language: 'en' | 'zh';
  expected: Expected;
  /** Answers that are right according to the recordings, where real images differ from the built-in drawings. */
  watched?: Readonly<Record<string, string>>;
}

const OTHERS: readonly Walk[] = [
  {
    id: 'one-convolution',
    language: 'en',
    expected: {
      answers: { build: 'trained', algebra: 'centre', prove: 'same', 'break-it': 'cannot' },
      tasks: {
        build: (reader) =>
          inSettings(reader, async (word) => {
            const { page, press } = reader;
            const change = (what: string) =>
              word('{{part}}: {{what}}, change', { part: word('3x3 branch'), what: word(what) });
            for (const name of [
              word('1x1 branch'),
              word('Identity branch'),
              change('bare'),
              change('a scale'),
              word('Batch norm after the sum'),
            ])
              await press(page.getByRole('button', { name, exact: true }));
          }),
        train: async ({ page, press, language }) => {
          const word = (text: string) => textIn(language, text);
          await press(page.getByRole('button', { name: word('Start'), exact: true }));
          await page
            .getByText(`· ${word('finished')}`)
            .first()
            .waitFor({ timeout: 300_000 });
        },
        prove: async ({ page, press, language }) =>
          press(page.getByRole('button', { name: textIn(language, 'Fuse and compare') })),
        'break-it': (reader) =>
          inSettings(reader, (word) =>
            reader.page.getByRole('switch', { name: word('ReLU in branches') }).press('Space'),
          ),
      },
      after: {
        build: async (_reader, panel) => {
          const cells = await panel.locator('[data-reveal] td').allTextContents();
          expect(cells[2]).toBe(cells[3]);
        },
        'break-it': (reader) =>
          inSettings(reader, (word) =>
            expect(reader.page.getByRole('cell', { name: word('cannot fuse') })).toBeVisible(),
          ),
      },
    },
  },
  {
    id: 'scales',
    language: 'zh',
    expected: { answers: { lone: 'stay', turning: 'stays', decay: 'quarter', gamma: 'gamma', gain: 'he' } },
  },
  {
    id: 'growth',
    language: 'en',
    expected: {
      answers: { families: 'two', once: 'twice', explode: 'diverges', verdict: 'past' },
      after: {
        families: async ({ page, press, language }, panel) => {
          const name = textIn(language, 'Set up: {{what}}', { what: '' }).trim();
          await press(panel.getByRole('button', { name }).last());
          await expect(
            page.getByText(textIn(language, 'The activations grow exponentially with depth.')),
          ).toBeVisible();
        },
      },
    },
  },
  {
    id: 'noise',
    language: 'zh',
    expected: {
      answers: { rows: 'identity', twice: 'more', 'two-blocks': 'undecided', 'more-seeds': 'four' },
    },
  },
  {
    id: 'own-block',
    language: 'en',
    expected: {
      answers: { rules: 'nothing', honest: 'high' },
      tasks: {
        design: async (reader, panel) => {
          const { page, press, language } = reader;
          const word = (text: string) => textIn(language, text);
          const scores = panel.getByRole('list', { name: word('Your scores') });
          await expect(scores.getByRole('listitem')).toHaveCount(1);
          await inSettings(reader, () =>
            press(page.getByRole('button', { name: word('Identity branch'), exact: true })),
          );
          await press(page.getByRole('button', { name: word('Start again'), exact: true }));
          await expect(scores.getByRole('listitem')).toHaveCount(2, { timeout: 300_000 });
          if (language === 'en') await expect(scores).toContainText(/Identity branch Batch norm \(not Off\)/);
          await expect(panel.getByText(word('within'), { exact: true })).toHaveCount(5);
          // The link in the text of the score contains the run's result.
          await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
          await press(scores.getByRole('button').first());
          await expect(page.getByText(word('Score copied'), { exact: true })).toBeVisible();
          const copied = await page.evaluate(() => navigator.clipboard.readText());
          const { top1 } = parseResultLink(copied.split('#r=')[1]!).evaluations.at(-1)!;
          expect(copied).toContain(`${(100 * top1).toFixed(2)} %`);
        },
      },
    },
  },
];

for (const { id, language, expected } of OTHERS) {
  test.describe(`on a wide screen, ${language}`, () => {
    test.use({ viewport: { width: 1920, height: 1080 } });
    test(`the lesson ${id} can be completed`, async ({ page }) => {
      await walk(byPointer(page, language), id, expected);
      expect(await violations(page)).toEqual([]);
    });
  });
}

// The reader uses the other language and watches recordings where a step has one.
for (const { id, language, expected, watched } of [
  { id: 'early-dip', language: 'en' as const, expected: EARLY_DIP, watched: BY_RECORDING },
  ...OTHERS,
]) {
  const other = language === 'en' ? 'zh' : 'en';
  test.describe(`on a phone, by touch, ${other}`, () => {
    test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });
    test(`the lesson ${id} can be completed`, async ({ page }) => {
      const reader = { ...byPointer(page, other, true), watches: true };
      await walk(reader, id, { ...expected, answers: { ...expected.answers, ...watched } });
      expect(await horizontalOverflow(page)).toBe(0);
    });
  });
}

test('the view lists the lessons; every step has a link, and answers stay when the reader goes back and forth', async ({
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
  await expect(panel.getByText('Your answer is recorded.')).toBeVisible();
  await panel.getByRole('button', { name: 'Back' }).click();
  await expect(panel.getByRole('heading', { name: 'See it' })).toBeFocused();
  await page.getByText('Study', { exact: true }).click();
  await expect(panel.getByRole('heading', { name: 'See it' })).toBeVisible();
  await panel.getByRole('button', { name: 'Leave the lesson' }).click();
  await expect(panel).toHaveCount(0);
  await expect(page).not.toHaveURL(/lesson=/);
});

test('the settings from before the lesson are restored if the reader wants them', async ({ page }) => {
  await open(page, '?v=1&factor=3&seed=7&lesson=early-dip&step=6');
  const panel = page.getByRole('complementary', { name: 'Lesson', exact: true });
  await panel.getByRole('radio').first().click();
  await panel.getByRole('button', { name: 'This is my answer' }).click();
  await panel.getByRole('button', { name: 'Set up and run' }).click();
  await expect(page).toHaveURL(/seed=2/);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await panel.getByRole('button', { name: 'Leave the lesson' }).click();
  await panel.getByRole('button', { name: 'My earlier experiment' }).click();
  await expect(page).toHaveURL(/factor=3&seed=7/);
  await expect(panel).toHaveCount(0);
});

const both = (text: string) => ({ en: text, zh: `${text}（中文）` });
const OWN = {
  format: 'branch-lab-lesson',
  version: 1,
  id: 'tour',
  title: both('A tour of the page'),
  summary: both('Every part that a lesson can point at.'),
  minutes: [1, 2],
  steps: LESSON_PARTS.map((part) => ({
    id: part.toLowerCase(),
    title: both(partLabel(part)),
    text: both('<b>Look</b>'),
    part,
  })),
};

test.describe('a custom lesson', () => {
  test.use({ viewport: { width: 1920, height: 1080 } });

  test('opens when it is dropped, points at every part that the schema names, and is stored', async ({
    page,
  }) => {
    await open(page, '?v=1&vs=factor:1');
    await drop(page, 'tour.json', Buffer.from(JSON.stringify(OWN)), 'application/json');
    const panel = page.getByRole('complementary', { name: 'Lesson', exact: true });
    for (const part of LESSON_PARTS) {
      await expect(panel.getByRole('heading', { level: 3, name: partLabel(part) })).toBeVisible();
      await expect(panel.getByText('<b>Look</b>')).toBeVisible();
      const place = page.locator(selectorOf(part));
      if (part !== 'chart-norm') {
        await expect(place).toBeInViewport();
        await expect(place).toHaveCSS('outline-style', 'solid');
      }
      const next = panel.getByRole('button', { name: 'Next' });
      if (part !== LESSON_PARTS.at(-1)) await next.click();
    }
    await page.reload();
    await expect(panel.getByRole('heading', { level: 3, name: partLabel('study') })).toBeVisible();
    await panel.getByRole('button', { name: 'All lessons' }).click();
    await page.getByRole('button', { name: 'Remove: A tour of the page' }).click();
    await expect(page.getByRole('article', { name: 'A tour of the page' })).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('article', { name: 'A tour of the page' })).toBeVisible();
  });

  test('opens from an address after a confirmation, and reports what is wrong with an invalid one', async ({
    page,
  }) => {
    await page.route('**/my-lessons/*.json', (route) => {
      const bad = route.request().url().includes('bad');
      return route.fulfill({ json: bad ? { ...OWN, steps: [] } : OWN });
    });
    await open(page, '?v=1&lesson=my-lessons/tour.json&step=2');
    const panel = page.getByRole('complementary', { name: 'Lesson', exact: true });
    await expect(panel.getByText('Open a lesson from elsewhere?')).toBeVisible();
    await expect(panel.getByText(/\/my-lessons\/tour\.json/)).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await panel.getByRole('button', { name: 'Read and open it' }).click();
    await expect(panel.getByText('Step 2 of', { exact: false }).first()).toBeVisible();
    await open(page, '?v=1&lesson=my-lessons/bad.json');
    await panel.getByRole('button', { name: 'Read and open it' }).click();
    await expect(page.getByText(/This is not a lesson that the lab knows: at steps/)).toBeVisible();
    await panel.getByRole('button', { name: 'Do not open it' }).click();
    await expect(panel).toHaveCount(0);
    await open(page, '?v=1&lesson=nothing-of-the-kind');
    await expect(panel.getByText('There is no lesson of this name')).toBeVisible();
  });
});
