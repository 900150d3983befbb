/** Reading lessons, their notation, answers and checks. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../experiment/settings';
import { exampleState } from '../runs/example-state';
import { LESSONS } from './all-lessons';
import { compareCurves, completed, DRAWN_POINTS, isMeasured, measuredCurve, rightOption } from './answers';
import { scoreText } from './challenge';
import { checkSchema, holds } from './conditions';
import { formatted } from './number-format';
import { parseInline, parseMarkup } from './markup';
import { looksLikeLesson } from './lesson-format';
import { measure, type Measured } from './measures';
import { parseLesson } from './schema';

const QUERY = '?v=1&factor=1';
const both = (text: string) => ({ en: text, zh: text });
const lesson = (step: object = {}) => ({
  format: 'branch-lab-lesson',
  version: 1,
  id: 'mine',
  title: both('Mine'),
  summary: both('A lesson'),
  minutes: [5, 5],
  steps: [{ id: 'one', title: both('One'), text: both('Text'), ...step }],
});

describe('a custom lesson', () => {
  test('is read, and a lesson saved by the lab is read again unchanged', () => {
    expect(parseLesson(JSON.stringify(lesson())).steps).toHaveLength(1);
    for (const own of LESSONS) expect(parseLesson(JSON.stringify(own))).toEqual(own);
    expect(looksLikeLesson(JSON.stringify(lesson(), null, 2))).toBe(true);
    expect(looksLikeLesson('{"format": "branch-lab-run"}')).toBe(false);
  });

  test('the documented example is read', () => {
    const page = readFileSync(new URL('../../docs/lessons.md', import.meta.url), 'utf8');
    const [, example] = /```json\n([^]*?)```/.exec(page)!;
    expect(parseLesson(example!).id).toBe('mine');
  });

  test.each([
    ['{', /expected JSON, but/],
    ['[]', /at the top level, /],
    [
      JSON.stringify({ ...lesson(), version: 9 }),
      /version 9, and this lab reads version 1. Open it in a newer/,
    ],
    [JSON.stringify(lesson({ part: 'nowhere' })), /at steps\.0\.part/],
    [JSON.stringify(lesson({ text: { en: 'No Chinese' } })), /at steps\.0\.text\.zh/],
    [
      JSON.stringify(lesson({ do: { kind: 'run', query: '?v=1&lr=many' } })),
      /steps\.0\.do\.query.*lr: found “many”/,
    ],
    [JSON.stringify(lesson({ do: { kind: 'run', query: '?v=1&speed=1' } })), /There is no setting “speed”/],
    [
      JSON.stringify(
        lesson({ tasks: [{ text: both('x'), check: { check: 'setting', key: 'norm', is: ['x'] } }] }),
      ),
      /norm: “x”/,
    ],
    [JSON.stringify(lesson({ onclick: 'alert(1)' })), /onclick/],
    [JSON.stringify({ ...lesson(), steps: [] }), /at steps/],
    [' '.repeat(600 * 1024), /600 kB; at most 512 kB/],
  ])('%#: is refused with the place and the reason', (text, why) => {
    expect(() => parseLesson(text)).toThrow(why);
  });

  test('a question has one right option, or conditions for each option, and a reveal', () => {
    const options = [
      { id: 'a', text: both('a'), right: true },
      { id: 'b', text: both('b') },
    ];
    const question = { kind: 'choice', prompt: both('?'), options };
    const reveal = { text: both('!') };
    expect(parseLesson(JSON.stringify(lesson({ question, reveal })))).toBeTruthy();
    expect(() => parseLesson(JSON.stringify(lesson({ question })))).toThrow(/A question needs a reveal/);
    const none = { ...question, options: [options[1], { ...options[1], id: 'c' }] };
    expect(() => parseLesson(JSON.stringify(lesson({ question: none, reveal })))).toThrow(
      /one option that is right/,
    );
  });
});

describe('the notation', () => {
  test('has paragraphs, lists, formulas, emphasis and code, and no HTML', () => {
    expect(parseMarkup('A *b*\nc\n\n- one\n- **two**\n\n$$x^2$$').map(({ kind }) => kind)).toEqual([
      'paragraph',
      'list',
      'formula',
    ]);
    expect(parseInline('a `*b*` $c_1$ **d *e* f**')).toMatchObject([
      { text: 'a ' },
      { kind: 'code', text: '*b*' },
      { text: ' ' },
      { kind: 'formula', text: 'c_1' },
      { text: ' ' },
      { kind: 'strong' },
    ]);
    expect(parseInline('<img src=x onerror=alert(1)> 2 * 3')).toEqual([
      { kind: 'text', text: '<img src=x onerror=alert(1)> 2 * 3' },
    ]);
  });
});

describe('measured and answered', () => {
  const run = exampleState({ experiment: { factor: 1 }, steps: 400 });
  const measured: Measured = {
    run: (query) => (query === QUERY ? run : null),
    probe: () => null,
    top1: (_query, seed) => [20, 22, 24][seed] ?? null,
    fused: null,
  };

  test('a dip, its ratio to another, and groups', () => {
    const depth = { of: 'dip', what: 'depth', panel: 'identity', layer: 'last', run: QUERY } as const;
    expect(measure(depth, measured)).toBeCloseTo(0.28, 3);
    expect(measure({ ...depth, what: 'step' }, measured)).toBe(37);
    expect(measure({ ...depth, layer: 'first' }, measured)).toBe(0);
    expect(measure({ ...depth, run: '?v=1&factor=2' }, measured)).toBeNull();
    expect(measure({ of: 'ratio', a: depth, b: depth }, measured)).toBeCloseTo(1);
    const group = { query: QUERY, seeds: [0, 1, 2] };
    expect(measure({ of: 'group', what: 'mean', group }, measured)).toBe(22);
    expect(measure({ of: 'group', what: 'deviation', group }, measured)).toBe(2);
    expect(
      measure({ of: 'group', what: 'mean', group: { query: QUERY, seeds: [0, 9] } }, measured),
    ).toBeNull();
    expect(measure({ of: 'between', what: 'difference', a: group, b: group }, measured)).toBe(0);
  });

  test('a question is decided by measurements, and undecided before', () => {
    const step = LESSONS[0]!.steps.find(({ id }) => id === 'again')!;
    if (step.question?.kind !== 'choice') throw new Error('Expected a choice.');
    expect(rightOption(step.question, { ...measured, run: () => null })).toBeNull();
    expect(rightOption(step.question, { ...measured, run: () => run })).toBe('much');
    expect(isMeasured(step, { ...measured, run: () => null })).toBe(false);
    expect(isMeasured(step, { ...measured, run: () => run })).toBe(true);
  });

  test('a drawn curve is completed and compared', () => {
    const x = { label: both('Step'), min: 0, max: 399 };
    const points = Array.from({ length: DRAWN_POINTS }, (_, k) =>
      k === 0 ? 1 : k === 4 ? 0.8 : k === 8 ? 1 : null,
    );
    const drawn = completed(points)!;
    expect([drawn[2], drawn[4], drawn[40]]).toEqual([0.9, 0.8, 1]);
    expect(completed(points.map((value, k) => (k === 0 ? value : null)))).toBeNull();
    const values = measuredCurve({ run: QUERY, panel: 'identity', layer: 'last' }, measured)!;
    const { measured: found, drawn: own, distance } = compareCurves({ x }, drawn, values);
    expect(found.step).toBe(37);
    expect(found.lowest).toBeCloseTo(0.72, 2);
    expect(own).toEqual({ lowest: 0.8, step: 40 });
    expect(distance).toBeGreaterThan(0);
    expect(distance).toBeLessThan(0.2);
  });

  test('numbers are formatted', () => {
    const words = { supported: 'yes', undecided: 'open', excluded: 'no' };
    const as = (value: number | null, format: Parameters<typeof formatted>[1]) =>
      formatted(value, format, words);
    expect([as(0.2093, 'percent'), as(8.75e8, 'number'), as(0.916, 'number'), as(1234.5, 'number')]).toEqual([
      '20.9 %',
      '8.8e+8',
      '0.916',
      '1,235',
    ]);
    expect([
      as(1, 'finding'),
      as(0.5, 'finding'),
      as(0, 'finding'),
      as(null, 'step'),
      as(45204, 'step'),
    ]).toEqual(['yes', 'open', 'no', '–', '45,204']);
  });
});

describe('the tasks of a step', () => {
  const page = { experiment: DEFAULT_EXPERIMENT, run: null };
  const check = (value: unknown) => checkSchema.parse(value);

  test('settings, the run, and whether the network can be fused', () => {
    expect(holds(check({ check: 'setting', key: 'identity', is: ['bn', 'scale'] }), page)).toBe(true);
    expect(holds(check({ check: 'setting', key: 'depths', is: ['3,4,4'] }), page)).toBe(true);
    expect(holds(check({ check: 'setting', key: 'branchRelu', is: ['on'] }), page)).toBe(false);
    expect(holds(check({ check: 'fusable', is: true }), page)).toBe(true);
    const run = { steps: 20, paused: true, ended: false, isOfPanel: true, wasFused: false };
    expect(holds(check({ check: 'run', state: 'paused', steps: 20 }), { ...page, run })).toBe(true);
    expect(holds(check({ check: 'run', state: 'ended' }), { ...page, run })).toBe(false);
    expect(
      holds(check({ check: 'run', state: 'begun' }), { ...page, run: { ...run, isOfPanel: false } }),
    ).toBe(false);
    expect(holds(check({ check: 'fused' }), { ...page, run: { ...run, wasFused: true } })).toBe(true);
  });

  test('a score names the changes, their cost and the accuracy', () => {
    const doing = LESSONS.at(-1)!.steps.find(({ id }) => id === 'design')!.do!;
    if (doing.kind !== 'challenge') throw new Error('Expected a challenge.');
    const experiment = { ...DEFAULT_EXPERIMENT, seed: 3 };
    const text = scoreText({ experiment, top1: 81.25, seed: 3 }, doing.challenge, 'https://lab.test/?v=1');
    expect(text).toMatch(/81\.25 % of the test images, seed 3\n45,204 of 25,000 parameters/);
    expect(text).toMatch(/Changed: .*Depths 3,4,4 \(not 2,2,2\)/);
    expect(text.endsWith('https://lab.test/?v=1')).toBe(true);
  });
});
