/**
 * Goes through a lesson as a reader does: answers questions, carries out the instructions, reveals the results and
 * continues. With a pointer or with the keyboard alone.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { LESSONS } from '../src/lessons/all-lessons';
import { partLabel, partsAround, selectorOf } from '../src/page/parts';
import type { Lesson, Step } from '../src/lessons/schema';
import type { Language } from '../src/language/languages';
import { expect } from './fixtures';

/** Milliseconds that the runs of one step may take on a busy machine. */
const PATIENCE = 400_000;

/** The texts of a language, by the English ones. */
function catalogueOf(language: Language): Record<string, string> {
  const folder = new URL(`../src/language/${language}/`, import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return Object.assign(
    {},
    ...files.map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'))),
  ) as Record<string, string>;
}
const catalogues = new Map<Language, Record<string, string>>();

/** A text of the page in a language, with its values filled in. */
export function textIn(language: Language, text: string, values: Record<string, string> = {}): string {
  const catalogue = catalogues.get(language) ?? catalogueOf(language);
  catalogues.set(language, catalogue);
  const said = language === 'en' ? text : catalogue[text];
  if (said === undefined) throw new Error(`The catalogue of ${language} lacks “${text}”.`);
  return said.replaceAll(/\{\{(\w+)\}\}/g, (_whole, name: string) => values[name]!);
}

export const lessonOf = (id: string): Lesson => LESSONS.find((lesson) => lesson.id === id)!;

export interface Reader {
  page: Page;
  language: Language;
  /** Activates a control. */
  press: (target: Locator) => Promise<void>;
  /** Chooses an option of a question by its index. */
  choose: (panel: Locator, index: number) => Promise<void>;
  draw: (slider: Locator) => Promise<void>;
  /** Whether this reader watches recordings, if there are any, instead of training. */
  watches?: boolean;
}

export const byPointer = (page: Page, language: Language, touch = false): Reader => {
  const press = (target: Locator) => (touch ? target.tap() : target.click());
  return {
    page,
    language,
    press,
    choose: (panel, index) => press(panel.getByRole('radio').nth(index)),
    draw: async (slider) => {
      await slider.scrollIntoViewIfNeeded();
      const box = (await slider.boundingBox())!;
      const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
      await page.mouse.move(...at(0.13, 0.4));
      await page.mouse.down();
      for (const [x, y] of [
        [0.3, 0.6],
        [0.6, 0.5],
        [0.95, 0.4],
      ] as const)
        await page.mouse.move(...at(x, y), { steps: 6 });
      await page.mouse.up();
    },
  };
};

/** Presses Tab until the target has focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let turn = 0; turn < 150; turn++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard does not reach ${String(target)}.`);
}

export const byKeyboard = (page: Page, language: Language): Reader => ({
  page,
  language,
  press: async (target) => {
    await tabTo(page, target);
    await page.keyboard.press('Enter');
  },
  choose: async (panel, index) => {
    await tabTo(page, panel.getByRole('radio').first());
    await page.keyboard.press('Space');
    for (let i = 0; i < index; i++) await page.keyboard.press('ArrowDown');
  },
  draw: async (slider) => {
    await tabTo(page, slider);
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
    for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowUp');
  },
});

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

export interface Expected {
  /** The right option of each question by step, according to what this machine measures. The reader chooses it. */
  answers: Readonly<Record<string, string>>;
  /** Carries out the tasks of a step after it has been set up. */
  tasks?: Readonly<Record<string, (reader: Reader, panel: Locator) => Promise<void>>>;
  /** Assertions after a step's reveal. */
  after?: Readonly<Record<string, (reader: Reader, panel: Locator) => Promise<void>>>;
}

/** Acts on the settings. On a narrow screen it opens their drawer first and closes it afterwards. */
export async function inSettings(
  { page, language, press }: Reader,
  act: (word: (text: string, values?: Record<string, string>) => string) => Promise<void>,
): Promise<void> {
  const word = (text: string, values?: Record<string, string>) => textIn(language, text, values);
  const drawer = page.getByRole('button', { name: word('Settings'), exact: true });
  const isDrawer = await drawer.isVisible();
  if (isDrawer) await press(drawer);
  await act(word);
  if (isDrawer) await press(page.getByRole('button', { name: word('Close the settings'), exact: true }));
}

/** Completes one step of a lesson; the page must show that step. */
async function doStep(reader: Reader, lesson: Lesson, step: Step, expected: Expected): Promise<void> {
  const { page, language, press } = reader;
  const word = (text: string, values?: Record<string, string>) => textIn(language, text, values);
  // Names such as 3x3 are the same in every language.
  const labelled: typeof word = (text, values) => (/^\dx\d$/.test(text) ? text : word(text, values));
  const panel = page.getByRole('complementary', { name: word('Lesson'), exact: true });
  const button = (name: string) => panel.getByRole('button', { name: word(name), exact: true });
  await expect(panel.getByRole('heading', { level: 3 })).toHaveText(/./);
  await expect(page).toHaveURL(new RegExp(`lesson=${lesson.id}&step=${lesson.steps.indexOf(step) + 1}`));
  if (step.part) {
    await expect(
      panel.getByRole('button', {
        name: word('Show it: {{part}}', { part: partLabel(step.part, labelled) }),
      }),
    ).toBeVisible();
    const selector = selectorOf(step.part);
    const inPanel = partsAround(step.part).some(({ id }) => id === 'panel');
    // On narrow screens the settings are in a drawer, which is closed at first.
    if (!inPanel || page.viewportSize()!.width > 1400) await expect(page.locator(selector)).toBeInViewport();
  }

  const { question, do: doing, reveal } = step;
  if (question) {
    await expect(button('Reveal')).toHaveAttribute('aria-disabled', 'true');
    if (question.kind === 'choice') {
      const right = expected.answers[step.id]!;
      await reader.choose(
        panel,
        question.options.findIndex(({ id }) => id === right),
      );
    } else await reader.draw(panel.getByRole('slider'));
    await press(button('This is my answer'));
    await expect(panel.getByText(word('Your answer is recorded.'))).toBeVisible();
  }
  if (doing?.kind === 'run')
    await press(button(reader.watches && doing.recording ? 'Watch a recording instead' : 'Set up and run'));
  if (doing?.kind === 'set-up') await press(button('Set up'));
  if (doing?.kind === 'probe') await press(button('Probe all'));
  if (doing?.kind === 'seeds') await press(button('Run what is missing'));
  await expected.tasks?.[step.id]?.(reader, panel);
  if (step.tasks) {
    const list = panel.getByRole('list', { name: word('To do') });
    await expect(list.getByRole('img', { name: word('done') })).toHaveCount(step.tasks.length, {
      timeout: 60_000,
    });
  }
  if (reveal) {
    await expect(button('Reveal')).not.toHaveAttribute('aria-disabled', 'true', { timeout: PATIENCE });
    await press(button('Reveal'));
    const box = panel.locator('[data-reveal]');
    await expect(box).toBeVisible();
    if (question?.kind === 'choice') {
      const answer = question.options.find(({ id }) => id === expected.answers[step.id])!.text;
      const text = answer[language] ?? answer.en;
      const plain = text.replaceAll(/[`*$]/g, '');
      await expect(box).toContainText(word('As you answered: <answer/>').replace('<answer/>', ''));
      if (!/[$`]/.test(text)) await expect(box).toContainText(new RegExp(escaped(plain)));
    }
  }
  await expected.after?.[step.id]?.(reader, panel);
}

/** Opens a lesson by its link and completes all its steps. */
export async function walk(reader: Reader, id: string, expected: Expected): Promise<void> {
  const { page, language, press } = reader;
  const lesson = lessonOf(id);
  const panel = page.getByRole('complementary', { name: textIn(language, 'Lesson'), exact: true });
  await page.goto(`./?v=1&lesson=${id}&step=1&lang=${language}`);
  for (const [i, step] of lesson.steps.entries()) {
    await doStep(reader, lesson, step, expected);
    if (i < lesson.steps.length - 1)
      await press(panel.getByRole('button', { name: textIn(language, 'Next'), exact: true }));
  }
}
