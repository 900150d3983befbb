import { decodeQR } from 'qr/decode.js';
import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { setLanguage } from '../../language/language';
import { exampleState } from '../../runs/example-state';
import { resultLink, smallResultLink } from '../../runs/result-link';
import { parseResultLink } from '../../runs/shared-result';
import { sharedView } from '../../runs/shared-view';
import { readAddress, whyUnreadable } from '../address/opened-link';
import { outcomeText, progressOf } from './describe-result';
import { embedCode, markdownOf, shareLink, smallLink, type Shared } from './links';
import { PLAIN_PAGE } from '../address/page-link';
import { modulesOf } from './QrCode';

const BASE = 'https://example.org/lab/';
const experiment = { ...DEFAULT_EXPERIMENT, lr: 0.1 };
const shared: Shared = { experiment, beside: { factor: 1 }, page: PLAIN_PAGE, result: null };

describe('what the Share dialog hands out', () => {
  test('a link is the experiment, the one beside it, the page, and the result', () => {
    expect(shareLink(BASE, shared)).toMatch(/^https:\/\/example\.org\/lab\/\?v=1&.*lr=0\.1&vs=factor:1$/);
    const run = exampleState({ experiment: { lr: 0.1 } });
    const result = resultLink(run, '0.1.0');
    const page = { ...PLAIN_PAGE, hide: ['panel'] as const };
    const url = new URL(shareLink(BASE, { experiment, beside: null, page, result }));
    const arrival = readAddress(url.search, url.hash);
    expect(arrival.page.hide).toEqual(['panel']);
    expect(arrival.result!.shared.name).toBe('a');
    expect(arrival.unreadable).toBeNull();
  });

  test('a small link leaves its settings to the result', () => {
    const run = exampleState({ experiment: { lr: 0.1 } });
    const url = new URL(smallLink(BASE, { ...shared, result: smallResultLink(run, '0.1.0') }));
    expect(url.search).toBe('');
    expect(readAddress(url.search, url.hash).experiment).toContain('lr=0.1');
    // An address that says its own settings keeps them.
    expect(readAddress('?v=1&lr=0.7', url.hash).experiment).toBe('?v=1&lr=0.7');
  });

  test('names with marks stay text in Markdown and in HTML', () => {
    const run = exampleState({ id: 'a](https://evil.example) *b*' });
    const result = parseResultLink(resultLink(run, '0.1.0'));
    const markdown = markdownOf(`${BASE}?v=1`, shared, result);
    expect(markdown).toMatch(
      /^\*\*a\\\]\\\(https:\/\/evil\.example\\\) \\\*b\\\*\*\*: test accuracy 25\.0 %/,
    );
    expect(markdown).toMatch(/\(https:\/\/example\.org\/lab\/\?v=1\)$/);
    expect(embedCode(`${BASE}?a=1&b="<>`, 'chart.loss', { width: 640, height: 400 })).toBe(
      `<iframe src="${BASE}?a=1&amp;b=&quot;&lt;&gt;" title="Branch Lab: Loss" width="640" height="400" loading="lazy" style="border: 0"></iframe>`,
    );
  });

  test('a QR code holds its text; one that is too long makes none', () => {
    const text = smallLink(BASE, {
      ...shared,
      result: smallResultLink(exampleState({ steps: 400 }), '0.1.0'),
    });
    const modules = modulesOf(text)!;
    const scale = 4;
    const side = modules.length * scale;
    const data = new Uint8ClampedArray(side * side * 4).fill(255);
    for (let i = 0; i < side * side; i++) {
      const dark = modules[Math.floor(Math.floor(i / side) / scale)]![Math.floor((i % side) / scale)];
      if (dark) data.fill(0, i * 4, i * 4 + 3);
    }
    expect(decodeQR({ data, width: side, height: side })).toBe(text);
    expect(modulesOf('a'.repeat(5000))).toBeNull();
  });
});

test('a shared result is read as a run: known curves as they were, all else missing', () => {
  const run = exampleState({ layers: 3, steps: 100 });
  const view = sharedView(parseResultLink(resultLink(run, '0.1.0')));
  expect(view.curves.map(({ panel, layer }) => [panel, layer])).toEqual([
    ['identity', 2],
    ['conv1x1', 2],
    ['conv3x3', 2],
  ]);
  expect(view.series.count).toBe(100);
  const own = run.series.curve(6, 'mean');
  const got = view.series.curve(0, 'mean');
  expect(got[37]).toBe(own[37]);
  for (let i = 0; i < 100; i++) expect(Math.abs(got[i]! - own[i]!)).toBeLessThan(0.28 * 0.005 + 1e-6);
  expect(view.series.curve(0, 'rms')[3]).toBeNaN();
  expect(view.series.scalar('logitStd')[3]).toBeNaN();
  expect(view.evaluations).toMatchObject([
    { step: 0, top1: expect.closeTo(0.01, 6), loss: 4.7 },
    { step: 100, top1: 0.25, top5: 0.5, loss: 3.1 },
  ]);
});

describe('in the reader’s language', () => {
  afterEach(() => setLanguage('en'));

  test('why a link was not understood follows a change of the language', async () => {
    const { notices, page } = readAddress('?v=1&hide=lr,nothing&at=moon', '');
    const { unreadable } = readAddress('', '#r=AAAA');
    expect(page.hide).toEqual(['lr']);
    expect(notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^hide: there is nothing called “nothing”/),
      expect.stringMatching(/^at: found “moon”, expected one of charts, /),
    ]);
    expect(whyUnreadable(unreadable!)).toMatch(/^expected a result, found 3 bytes/);
    await setLanguage('zh');
    for (const { message } of notices) expect(message).toMatch(/已忽略。$/);
    expect(whyUnreadable(unreadable!)).toMatch(/链接被截断了$/);
  });

  test('what a result came to is told in it; the link is the same in every language', async () => {
    const run = exampleState({ experiment: { lr: 0.1 } });
    const link = resultLink(run, '0.1.0');
    await setLanguage('zh');
    expect(resultLink(run, '0.1.0')).toBe(link);
    const result = parseResultLink(link);
    expect(progressOf(result)).toMatch(/步，/);
    expect(outcomeText(result)).toMatch(/^测试准确率 25\.0 %/);
    expect(markdownOf(BASE, shared, result)).toMatch(/Branch Lab：/);
  });
});
