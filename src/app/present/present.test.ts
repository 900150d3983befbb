import fc from 'fast-check';
import { message } from '../../language/message';
import { describe, expect, test } from 'vitest';
import { setLanguage } from '../../language/language';
import { LESSONS } from '../../lessons/all-lessons';
import type { Measured } from '../../lessons/measures';
import { LESSON_PARTS } from '../../page/parts';
import { exampleState } from '../../runs/example-state';
import { PRESENTABLE } from '../../page/link-names';
import { answerOf } from './answer-text';
import { actionFor, KEYS } from './keys';
import { primaryAct } from './primary-button';
import { channelName, readFromNotes, readFromPresentation, type NotesState } from './notes-protocol';
import { presentableTitle } from '../../page/link-names';
import { presentedFor } from '../../page/parts';
import { neighbour, presentables } from './stage-items';
import { statusParts } from './status-line';
import { presentText } from './text-size';

const press = (key: string) => ({ key, modified: false });

describe('keys', () => {
  test('no key has two actions, and none is a digit', () => {
    const keys = KEYS.flatMap((row) => row.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => /^\d$/.test(key))).toEqual([]);
  });

  test.each([
    ['PageDown', 'next'],
    ['ArrowRight', 'next'],
    ['PageUp', 'previous'],
    [' ', 'primary'],
    ['b', 'primary'],
    ['B', 'primary'],
    ['.', 'primary'],
    ['Enter', 'reveal'],
    ['F5', 'fullScreen'],
    ['Escape', 'leave'],
    ['?', 'keys'],
    ['t', 'play'],
    ['[', 'earlier'],
    [']', 'later'],
    ['3', 3],
    ['x', null],
    ['0', null],
  ])('%s: %s', (key, action) => expect(actionFor(press(key), 'page')).toBe(action));

  test('a field handles all keys, a button Space and Enter; keys with Control or Alt belong to the browser', () => {
    expect(actionFor(press(' '), 'field')).toBeNull();
    expect(actionFor(press('ArrowRight'), 'field')).toBeNull();
    expect(actionFor(press('Enter'), 'button')).toBeNull();
    expect(actionFor(press('PageDown'), 'button')).toBe('next');
    expect(actionFor({ key: 'r', modified: true }, 'page')).toBeNull();
  });
});

describe('what is shown', () => {
  const run = exampleState();

  test('is a cycle in both directions', () => {
    const all = presentables({ run: null, expectNorm: true, two: true });
    expect(all[0]).toBe('two-runs');
    expect(all).toContain('chart.norm');
    expect(all.at(-1)).toBe('diagram');
    for (const one of all) expect(neighbour(all, neighbour(all, one, 1), -1)).toBe(one);
    expect(neighbour(all, 'chart.conv3x1', 1)).toBe(all[0]);
  });

  test('has two runs only if there are two, and only panels with curves', () => {
    const plan = {} as NonNullable<typeof run.plan>;
    expect(presentables({ run: { ...run, plan }, expectNorm: true, two: false })).toEqual([
      'chart.identity',
      'chart.conv1x1',
      'chart.conv3x3',
      'chart.loss',
      'chart.accuracy',
      'chart.logitStd',
      'diagram',
    ]);
  });

  test('has a title, and every part that a lesson points at has an item or keeps the current one', () => {
    for (const one of PRESENTABLE) expect(presentableTitle(one)).not.toBe('');
    for (const part of LESSON_PARTS)
      if (presentedFor(part) !== null) expect(PRESENTABLE).toContain(presentedFor(part));
  });
});

describe('the size of text', () => {
  test('is at least 24 px at 1920x1080, also inside a browser window, and shrinks with the screen', () => {
    expect(presentText(1920, 1080)).toBeGreaterThanOrEqual(24);
    expect(presentText(1920, 940)).toBeGreaterThanOrEqual(24);
    expect(presentText(1280, 720) / presentText(1920, 1080)).toBeCloseTo(2 / 3, 3);
    expect(presentText(360, 740)).toBe(16);
  });
});

describe('the primary button', () => {
  const nothing = { setUp: false, measured: false };
  test.each([
    ['running', undefined, nothing, 'pause'],
    ['paused', undefined, nothing, 'resume'],
    ['preparing', 'run', nothing, 'wait'],
    ['idle', undefined, nothing, 'start'],
    ['ended', 'run', nothing, 'set-up-and-run'],
    ['paused', 'run', nothing, 'set-up-and-run'],
    ['paused', 'run', { setUp: true, measured: false }, 'resume'],
    ['ended', 'run', { setUp: true, measured: true }, 'set-up-and-run'],
    ['idle', 'set-up', nothing, 'set-up'],
    ['idle', 'set-up', { setUp: true, measured: false }, 'start'],
    ['idle', 'probe', nothing, 'probe'],
    ['idle', 'probe', { setUp: false, measured: true }, 'start'],
    ['ended', 'seeds', nothing, 'seeds'],
    ['ended', 'challenge', nothing, 'start'],
  ] as const)('%s, step does %s: %o is %s', (status, kind, done, act) =>
    expect(primaryAct(status, kind && { kind }, done)).toBe(act),
  );
});

describe('the last line', () => {
  test('says step, loss, top-1 and backend of a run, and less before there is one', () => {
    const run = exampleState({ steps: 60, top1: 0.123 });
    const plan = {} as NonNullable<typeof run.plan>;
    expect(statusParts({ ...run, plan }, 'ended', null)).toEqual([
      'Step 60 of 60',
      'finished',
      'Loss 4.34',
      'Test top-1 12.3 %',
      'WebAssembly',
    ]);
    expect(statusParts({ ...run, plan, end: null, evaluations: [] }, 'paused', null)).toEqual([
      'Step 60 of 60',
      'paused',
      'Loss 4.34',
      'Train top-1 98.3 %',
      'WebAssembly',
    ]);
    expect(statusParts(null, 'idle', null)).toEqual(['Not started']);
    expect(statusParts(null, 'preparing', message('preparing.start'))).toEqual(['Starting…']);
  });
});

const NOTHING: Measured = { run: () => null, probe: () => null, top1: () => null, fused: null };

describe('answers', () => {
  test('every step with a reveal has an answer in both languages, also before anything is measured', async () => {
    for (const { steps } of LESSONS)
      for (const step of steps)
        for (const language of ['en', 'zh'] as const) {
          await setLanguage(language);
          const answer = answerOf(step, NOTHING);
          if (step.reveal) expect(answer).toContain(step.reveal.text[language].trim());
          else expect(answer).toBeNull();
        }
    await setLanguage('en');
  });

  test('an answer from theory is named; one that must be measured is not known yet', () => {
    const steps = LESSONS.flatMap((lesson) => lesson.steps);
    const choice = (right: boolean) =>
      steps.find(
        ({ question }) => question?.kind === 'choice' && question.options.some((one) => one.right) === right,
      )!;
    expect(answerOf(choice(true), NOTHING)).toMatch(/^\*\*The answer: /);
    expect(answerOf(choice(false), NOTHING)).toMatch(/^The measurement decides which answer is right/);
  });
});

describe('messages between the two windows', () => {
  const state: NotesState = {
    type: 'state',
    title: 'Identity',
    position: null,
    notes: { text: 'One line per layer.', markup: false },
    answer: null,
    settings: 'no difference',
    next: '1x1',
    status: 'Not started',
    began: 1,
    primary: { label: 'Start', ready: true },
    reveal: null,
    hasPrevious: true,
  };

  test('are transmitted unchanged', () => {
    expect(readFromPresentation(structuredClone(state))).toEqual(state);
    expect(readFromPresentation({ type: 'ended' })).toEqual({ type: 'ended' });
    expect(readFromNotes({ type: 'press', button: 'next' })).toEqual({ type: 'press', button: 'next' });
    expect(channelName('a1')).toBe('branch-lab-present-a1');
  });

  test('of any other kind are ignored', () => {
    expect(readFromNotes({ type: 'press', button: 'format' })).toBeNull();
    expect(readFromNotes(state)).toBeNull();
    expect(readFromPresentation({ ...state, more: 1 })).toBeNull();
    expect(readFromPresentation({ ...state, title: 'x'.repeat(2000) })).toBeNull();
    fc.assert(
      fc.property(fc.anything(), (data) => {
        expect(readFromNotes(data)).toBeNull();
        expect(readFromPresentation(data)).toBeNull();
      }),
    );
  });
});
