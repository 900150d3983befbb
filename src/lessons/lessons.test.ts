/** The lab's own lessons: complete in their languages, with formulas that can be typeset and correct numbers. */
import katex from 'katex';
import { describe, expect, test } from 'vitest';
import { STUDY_SECTIONS } from '../experiment/study';
import { planNetwork } from '../network/plan-network';
import { tQuantile } from '../runs/statistics';
import { learningRate } from '../training/schedule';
import { LESSONS } from './all-lessons';
import { runsNeeded } from './answers';
import { faultsOf } from './challenge';
import { experimentOf, measure } from './measures';
import { formulasIn, parseMarkup } from './markup';
import type { Step } from './schema';
import type { Text } from './localised-text';

/** All texts of a step. */
function textsOf({ title, text, question, do: doing, tasks, reveal, notes }: Step): Text[] {
  return [
    title,
    text,
    ...(question ? [question.prompt] : []),
    ...(question?.kind === 'choice' ? question.options.map((option) => option.text) : []),
    ...(question?.kind === 'curve' ? [question.x.label, question.y.label] : []),
    ...(doing?.kind === 'probe' ? doing.cases.map(({ label }) => label) : []),
    ...(doing?.kind === 'seeds' ? doing.groups.map(({ label }) => label) : []),
    ...(tasks ?? []).map((task) => task.text),
    ...(reveal ? [reveal.text, ...reveal.rows.map(({ label }) => label)] : []),
    ...(notes ? [notes] : []),
  ];
}

/** A text in all languages that it is written in; English is one of them. */
const translationsOf = (text: Text): string[] => Object.values(text).filter((words) => words !== undefined);

const steps = LESSONS.flatMap((lesson) =>
  lesson.steps.map((step) => ({ name: `${lesson.id}, ${step.id}`, step })),
);
const stepOf = (lesson: string, id: string) =>
  LESSONS.find((one) => one.id === lesson)!.steps.find((step) => step.id === id)!;
const nothing = { run: () => null, probe: () => null, top1: () => null, fused: null };

test('there are six lessons of 5 to 15 minutes, under six names', () => {
  expect(LESSONS.map(({ id }) => id)).toEqual([
    'early-dip',
    'one-convolution',
    'scales',
    'growth',
    'noise',
    'own-block',
  ]);
  for (const { minutes } of LESSONS) {
    expect(minutes[0]).toBeGreaterThanOrEqual(5);
    expect(minutes[1]).toBeLessThanOrEqual(15);
  }
});

describe.each(steps)('$name', ({ step }) => {
  test('says the same in every language', () => {
    for (const text of textsOf(step)) {
      const { en, zh } = text;
      // Names such as "4" or "k" aside, a Chinese text has Chinese in it and an English one has none.
      expect(en).not.toMatch(/\p{Script=Han}/u);
      expect(zh).toMatch(/\p{Script=Han}/u);
      const kinds = (words: string) =>
        parseMarkup(words).map((block) => [block.kind, block.kind === 'list' && block.items.length]);
      for (const translated of translationsOf(text)) {
        expect(kinds(translated)).toEqual(kinds(en));
        expect(formulasIn(translated).toSorted()).toEqual(formulasIn(en).toSorted());
      }
    }
  });

  test('has formulas that KaTeX typesets', () => {
    for (const text of textsOf(step))
      for (const formula of translationsOf(text).flatMap(formulasIn))
        expect(() => katex.renderToString(formula, { throwOnError: true, strict: 'error' })).not.toThrow();
  });

  test('shows no characters of its notation', () => {
    const read = (parts: readonly unknown[]): string =>
      parts
        .map((part) => {
          const { kind, text, parts: inner } = part as { kind: string; text?: string; parts?: unknown[] };
          return inner ? read(inner) : kind === 'text' ? text! : '';
        })
        .join('');
    for (const text of textsOf(step))
      for (const words of translationsOf(text))
        for (const block of parseMarkup(words)) {
          const shown =
            block.kind === 'paragraph'
              ? [read(block.parts)]
              : block.kind === 'list'
                ? block.items.map(read)
                : [];
          for (const line of shown) expect(line).not.toMatch(/\*\*|\$|`|(^|\s)\*\S/);
        }
  });

  test('reads only runs that the lesson trains', () => {
    const lesson = LESSONS.find(({ steps: own }) => own.includes(step))!;
    const made = lesson.steps
      .slice(0, lesson.steps.indexOf(step) + 1)
      .flatMap(({ do: doing }) => (doing?.kind === 'run' ? [doing.query] : []));
    for (const query of runsNeeded(step)) expect(made).toContain(query);
  });
});

describe('numbers in the texts', () => {
  const en = (lesson: string, id: string) => {
    const { text, reveal, notes } = stepOf(lesson, id);
    return [text.en, reveal?.text.en, notes?.en].join('\n');
  };

  test('lesson 1: layers, identities, steps', () => {
    const experiment = experimentOf('?v=1&factor=1');
    const { blocks } = planNetwork(experiment);
    const identities = blocks.filter(({ branches }) => branches.some(({ branch }) => branch === 'identity'));
    expect(en('early-dip', 'block')).toContain(`network of ${blocks.length} layers`);
    expect(en('early-dip', 'block')).toContain(`${identities.length} of the ${blocks.length}`);
    expect(en('early-dip', 'see-it')).toContain(`${experiment.length} steps of ${experiment.batch} images`);
    expect((1 - 0.9) / (0.1 * 1e-4)).toBeCloseTo(10_000);
  });

  test('lesson 2: published values', () => {
    const rows = STUDY_SECTIONS.find(({ id }) => id === 'ablation')!.rows;
    const published = (id: string) =>
      (rows.find((row) => row.id === id)!.published.top1 as number).toFixed(2);
    expect(en('one-convolution', 'plain')).toContain(`${published('b0-none')} %`);
    expect(en('one-convolution', 'plain')).toContain(`${published('b0-repvgg')} %`);
    const step = stepOf('one-convolution', 'build');
    const [plain, own, plainFused, ownFused] = step.reveal!.rows.map(({ value }) => measure(value, nothing)!);
    expect(own).toBeGreaterThan(plain!);
    expect(ownFused).toBe(plainFused);
  });

  test('lesson 3: the rate of decay, and the gains of two initial values', () => {
    const { lr, length, wd, momentum } = experimentOf(runsNeeded(stepOf('scales', 'decay'))[0]!);
    let sum = 0;
    const experiment = experimentOf(runsNeeded(stepOf('scales', 'decay'))[0]!);
    for (let step = 0; step < length; step++) sum += learningRate(experiment, step, length);
    expect([lr, wd, momentum, length]).toEqual([0.3, 0.005, 0.9, 100]);
    expect(sum).toBeGreaterThan(14.5);
    expect(sum).toBeLessThan(15.5);
    expect(Math.exp((-2 * wd * 15) / (1 - momentum))).toBeCloseTo(0.22, 2);
    const [square, gain, heSquare, heGain] = stepOf('scales', 'gain').reveal!.rows.map(({ value }) =>
      measure(value, nothing)!,
    );
    expect(square).toBeCloseTo(1 / 3, 1);
    expect(gain).toBeCloseTo(4 / 3, 1);
    expect(heSquare).toBeCloseTo(2, 1);
    expect(heGain).toBeCloseTo(3, 1);
  });

  test('lesson 4: 30 layers, and the loss of guessing', () => {
    expect(2 ** 30).toBeCloseTo(1.07e9, -7);
    expect(Math.log(100).toFixed(1)).toBe('4.6');
    for (const { query } of (stepOf('growth', 'families').do as { cases: { query: string }[] }).cases)
      expect(planNetwork(experimentOf(query)).blocks).toHaveLength(30);
  });

  test('lesson 5: the study’s rows, and Student’s t', () => {
    const top1 = (section: string) =>
      STUDY_SECTIONS.find(({ id }) => id === section)!.rows.map(({ published }) => published.top1 as number);
    const [first, ...others] = top1('a0');
    expect(Math.max(...others) - Math.min(...others)).toBeCloseTo(0.47);
    expect(first).toBeLessThan(Math.min(...others));
    for (const value of top1('b0')) expect(en('noise', 'rows')).toContain(value.toFixed(2));
    for (const [n, t] of [
      [2, '12.7'],
      [3, '4.3'],
      [10, '2.3'],
    ] as const) {
      expect(tQuantile(0.975, n - 1).toFixed(1)).toBe(t);
      expect(en('noise', 'more-seeds')).toContain(t);
    }
  });

  test('lesson 6: the network to beat is within the budget, and so is a run of 400 steps of 32 images', () => {
    const doing = stepOf('own-block', 'design').do!;
    if (doing.kind !== 'challenge') throw new Error('Expected a challenge.');
    const base = experimentOf(doing.challenge.base);
    expect(faultsOf(base, doing.challenge)).toEqual([]);
    expect(faultsOf({ ...base, batch: 32, length: 400 }, doing.challenge)).toEqual([]);
    expect(
      faultsOf({ ...base, lengthUnit: 'epochs', widths: [16, 32, 64], difficulty: 'hard' }, doing.challenge),
    ).toEqual(['parameters', 'macs', 'images', 'data']);
  });
});
