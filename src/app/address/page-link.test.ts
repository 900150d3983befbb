import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { experiments } from '../../experiment/arbitrary';
import { DEFAULT_EXPERIMENT, SETTING_KEYS } from '../../experiment/settings';
import { experimentFromQuery, experimentToQuery } from '../../experiment/url';
import { REPLAYS } from '../../runs/replays';
import { VIEWS } from '../../page/views';
import { EMBEDDABLE, HIDABLE, PLACES, PRESENTABLE, withoutInner } from '../../page/link-names';
import { PLAIN_PAGE, splitQuery, withPage, type PageLink } from './page-link';

const NAMES = [
  ...HIDABLE.parts,
  ...HIDABLE.charts,
  ...HIDABLE.sections,
  ...HIDABLE.sections.flatMap(({ settings }) => settings),
].map(({ name }) => name);

const pages = fc
  .record({
    view: fc.constantFrom(...VIEWS.map(({ id }) => id)),
    at: fc.constantFrom(null, ...PLACES.map(({ id }) => id)),
    hide: fc.subarray(NAMES, { maxLength: NAMES.length }),
    lesson: fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: null }),
    step: fc.option(fc.integer({ min: 1, max: 999 }), { nil: null }),
    replay: fc.constantFrom(null, ...REPLAYS.map(({ name }) => name)),
    role: fc.oneof(
      fc.constantFrom(null, ...EMBEDDABLE).map((embed) => ({ embed, present: null, notes: null })),
      fc.constantFrom(...PRESENTABLE).map((present) => ({ embed: null, present, notes: null })),
      fc.stringMatching(/^[a-z0-9]{1,40}$/).map((notes) => ({ embed: null, present: null, notes })),
    ),
    lang: fc.constantFrom(null, 'en', 'zh'),
  })
  .map(({ role, ...page }): PageLink => ({
    ...page,
    ...role,
    hide: withoutInner(page.hide),
    step: page.lesson === null ? null : page.step,
  }));

describe('a link to a page', () => {
  test('10,000 experiments with views, lessons and hidden parts come back from fewer than 2,000 characters', () => {
    fc.assert(
      fc.property(experiments, pages, (experiment, page) => {
        const query = withPage(experimentToQuery(experiment), page);
        expect(query.length).toBeLessThan(2000);
        const read = splitQuery(query);
        expect(read.notices).toEqual([]);
        expect(read.page).toEqual(page);
        const { experiment: found, notices } = experimentFromQuery(read.experiment);
        expect(notices).toEqual([]);
        expect(found).toEqual(experiment);
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);

  test('a plain page needs no words', () => {
    expect(withPage('', PLAIN_PAGE)).toBe('');
    expect(withPage('?v=1&lr=0.1', PLAIN_PAGE)).toBe('?v=1&lr=0.1');
    expect(splitQuery('?v=1&lr=0.1')).toEqual({ page: PLAIN_PAGE, experiment: '?v=1&lr=0.1', notices: [] });
    expect(splitQuery('')).toEqual({ page: PLAIN_PAGE, experiment: '', notices: [] });
  });

  test('reads as a person writes it', () => {
    const query = '?v=1&lr=0.1&view=runs&hide=panel,chart.loss,lr&lesson=early-dip&step=3';
    expect(splitQuery(query).page).toEqual({
      ...PLAIN_PAGE,
      view: 'runs',
      hide: ['panel', 'chart.loss'],
      lesson: 'early-dip',
      step: 3,
    });
    expect(splitQuery('?embed=1').page.embed).toBe('chart.identity');
    expect(splitQuery('?embed=1&show=diagram').page.embed).toBe('diagram');
    expect(splitQuery('?embed=0&show=diagram').page.embed).toBeNull();
    expect(splitQuery('?present=1').page.present).toBe('chart.identity');
    expect(splitQuery('?present=1&show=two-runs').page.present).toBe('two-runs');
    expect(splitQuery('?present=1&embed=1').page).toMatchObject({ present: null, embed: 'chart.identity' });
    expect(splitQuery('?present=notes&session=a1').page).toMatchObject({ present: null, notes: 'a1' });
  });

  test.each([
    ['?view=kitchen', 'view', /“kitchen”, expected one of lab, runs/],
    ['?at=home', 'at', /expected one of charts/],
    ['?hide=lr,sink', 'hide', /nothing called “sink”/],
    ['?lesson=a&step=0', 'step', /whole number from 1 to 999/],
    ['?embed=yes', 'embed', /expected one of 1, 0/],
    ['?embed=1&show=chart.sink', 'show', /expected one of diagram/],
    ['?embed=1&show=two-runs', 'show', /expected one of diagram/],
    ['?present=1&show=chart.sink', 'show', /expected one of two-runs, diagram/],
    ['?present=loud', 'present', /expected one of 1, 0, notes/],
    ['?present=notes', 'session', /expected session= with the id of a presentation, found none/],
    ['?present=notes&session=<b>', 'session', /found “<b>”/],
  ])('%s is named and left out', (query, key, message) => {
    const { notices } = splitQuery(query);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ key, message: expect.stringMatching(message) });
  });

  test('no words of the page are those of a setting', () => {
    const keys: readonly string[] = SETTING_KEYS;
    for (const key of ['view', 'at', 'hide', 'lesson', 'step', 'embed', 'present', 'session', 'show'])
      expect(keys).not.toContain(key);
    const others = NAMES.filter((name) => !keys.includes(name));
    expect(new Set([...others, ...keys]).size).toBe(NAMES.length);
  });

  test('whatever stands in a query, reading it never throws and leaves a page', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('%', '%E0%A4%A', '<b>', '1', 'panel'),
    );
    const keys = fc.constantFrom(
      'view',
      'at',
      'hide',
      'lesson',
      'step',
      'embed',
      'present',
      'session',
      'show',
      'lr',
      '%',
      '',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, text), { maxLength: 8 }), (pairs) => {
        const { page, experiment } = splitQuery(`?${pairs.map((pair) => pair.join('=')).join('&')}`);
        expect(splitQuery(withPage('', page)).page).toEqual(page);
        expect(experimentFromQuery(experiment).experiment).toMatchObject({ seed: DEFAULT_EXPERIMENT.seed });
      }),
      { numRuns: 1000 },
    );
  });
});
