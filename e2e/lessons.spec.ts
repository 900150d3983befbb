/**
 * Lessons, each from its first to its last step with its instructions carried out: on a wide screen in
 * one language, the first by keyboard alone, and by touch on a phone in the other one, with recordings where there are any. And lessons of one's own.
 */
import { PLACES } from '../src/app/lessons/part-locations';
import { PART_NAMES, PARTS } from '../src/lessons/page-parts';
import { parseResultLink } from '../src/runs/shared-result';
import { expect, test } from './fixtures';
import { drop, open, violations, sidewaysScroll } from './lab';
import { byKeyboard, byPointer, inSettings, textIn, walk, type Expected } from './lesson-walk';

// Walks train networks; a busy machine takes its time.
test.describe.configure({ timeout: 900_000 });

const EARLY_DIP: Expected = {
  answers: { 'factor-two': 'deeper', 'which-block': 'last', causes: 'logits', again: 'much' },
  after: {
    'see-it': async ({ page }, panel) => {
      const tables = panel.locator('[data-reveal] table');
      await expect(tables.first()).toContainText(/0\.\d{3}/);
      await expect(tables.last()).toContainText(/\d+\.\d %/);
      // The run is the one that the charts show.
      await expect(page).toHaveURL(/factor=1/);
      expect(await violations(page)).toEqual([]);
    },
  },
};

/** On real images the first block falls too, and nothing is certain. */
const BY_RECORDING = { causes: 'none' };

test.describe('by keyboard alone', () => {
  test.use({ viewport: { width: 1920, height: 1080 } });
  test('the early dip is walked from the first step to the last', async ({ page }) => {
    const reader = { ...byKeyboard(page, 'en'), watches: true };
    await walk(reader, 'early-dip', { ...EARLY_DIP, answers: { ...EARLY_DIP.answers, ...BY_RECORDING } });
  });
});

interface Walk {
  id: string;
  language: 'en' | 'zh';
  expected: Expected;
  /** Answers that are right by the recordings, where real images have it otherwise than the drawings. */
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
          // The score as text has the run's result in its link.
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
    test(`${id} is walked from the first step to the last`, async ({ page }) => {
      await walk(byPointer(page, language), id, expected);
      expect(await violations(page)).toEqual([]);
    });
  });
}

// In the other language; recordings are watched where a step has one.
for (const { id, language, expected, watched } of [
  { id: 'early-dip', language: 'en' as const, expected: EARLY_DIP, watched: BY_RECORDING },
  ...OTHERS,
]) {
  const other = language === 'en' ? 'zh' : 'en';
  test.describe(`on a phone, by touch, ${other}`, () => {
    test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });
    test(`${id} is walked from the first step to the last`, async ({ page }) => {
      const reader = { ...byPointer(page, other, true), watches: true };
      await walk(reader, id, { ...expected, answers: { ...expected.answers, ...watched } });
      expect(await sidewaysScroll(page)).toBe(0);
    });
  });
}

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

const both = (text: string) => ({ en: text, zh: `${text}（中文）` });
const OWN = {
  format: 'branch-lab-lesson',
  version: 1,
  id: 'tour',
  title: both('A tour of the page'),
  summary: both('Every part that a lesson can point at.'),
  minutes: [1, 2],
  steps: PART_NAMES.map((part) => ({
    id: part.toLowerCase(),
    title: both(PARTS[part]),
    text: both('<b>Look</b>'),
    part,
  })),
};

test.describe('a lesson of one’s own', () => {
  test.use({ viewport: { width: 1920, height: 1080 } });

  test('opens by drop, points at every part that the schema knows, and is kept', async ({ page }) => {
    await open(page, '?v=1&vs=factor:1');
    await drop(page, 'tour.json', Buffer.from(JSON.stringify(OWN)), 'application/json');
    const panel = page.getByRole('complementary', { name: 'Lesson', exact: true });
    for (const part of PART_NAMES) {
      await expect(panel.getByRole('heading', { level: 3, name: PARTS[part] })).toBeVisible();
      await expect(panel.getByText('<b>Look</b>')).toBeVisible();
      const place = page.locator(PLACES[part].selector);
      if (part !== 'chart-norm') {
        await expect(place).toBeInViewport();
        await expect(place).toHaveCSS('outline-style', 'solid');
      }
      const next = panel.getByRole('button', { name: 'Next' });
      if (part !== PART_NAMES.at(-1)) await next.click();
    }
    await page.reload();
    await expect(panel.getByRole('heading', { level: 3, name: PARTS.study })).toBeVisible();
    await panel.getByRole('button', { name: 'All lessons' }).click();
    await page.getByRole('button', { name: 'Remove: A tour of the page' }).click();
    await expect(page.getByRole('article', { name: 'A tour of the page' })).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('article', { name: 'A tour of the page' })).toBeVisible();
  });

  test('opens from an address after a question, and says what is wrong with one that is none', async ({
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
