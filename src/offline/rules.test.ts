import { describe, expect, test } from 'vitest';
import { cacheName, isOurCache, isolated, routeOf, type Asked } from './rules';

const SCOPE = 'https://host.example/some/lab/';
const BUILD = { version: 'v1', files: { 'index.html': 'a', 'assets/page-1.js': 'b', 'favicon.svg': 'c' } };

const kindOf = (url: string, more: Partial<Asked> = {}) =>
  routeOf(
    { url: new URL(url, SCOPE).href, method: 'GET', mode: 'cors', headers: new Headers(), ...more },
    SCOPE,
    BUILD,
  ).kind;

describe('the service worker answers', () => {
  test('the page, whatever the query', () => {
    for (const url of ['', '?v=1&factor=2', 'index.html', 'index.html?x'])
      expect(kindOf(url, { mode: 'navigate' })).toBe('page');
  });

  test('the files of its build, and those of another build', () => {
    expect(kindOf('assets/page-1.js')).toBe('file');
    expect(kindOf('favicon.svg')).toBe('file');
    expect(kindOf('assets/page-2.js')).toBe('passing');
  });

  test('the list of archives', () => {
    expect(kindOf('data/index.json')).toBe('archives');
  });
});

describe('the service worker leaves alone', () => {
  test('archives, whole or in part', () => {
    expect(kindOf('data/cifar-100.tar.gz')).toBe('none');
    expect(kindOf('data/cifar-100.tar.gz', { headers: new Headers({ Range: 'bytes=0-9' }) })).toBe('none');
  });

  test('every request for a range, and everything that is not a GET', () => {
    expect(kindOf('assets/page-1.js', { headers: new Headers({ Range: 'bytes=0-9' }) })).toBe('none');
    expect(kindOf('favicon.svg', { method: 'HEAD' })).toBe('none');
    expect(kindOf('', { method: 'POST', mode: 'navigate' })).toBe('none');
  });

  test('other origins, other folders, and other pages below its own', () => {
    expect(kindOf('https://huggingface.co/datasets/x/resolve/main/a.parquet')).toBe('none');
    expect(kindOf('https://host.example/some/')).toBe('none');
    expect(kindOf('https://host.example/some/laboratory/')).toBe('none');
    expect(kindOf('other-page/', { mode: 'navigate' })).toBe('none');
    expect(kindOf('constructor')).toBe('none');
  });
});

test('a response keeps its status, type and content and gets the headers', async () => {
  const made = isolated(new Response('x', { status: 203, headers: { 'Content-Type': 'text/html' } }));
  expect([made.status, await made.text(), made.headers.get('content-type')]).toEqual([203, 'x', 'text/html']);
  expect(made.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(made.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  expect(made.headers.get('cross-origin-resource-policy')).toBe('same-origin');
});

test('an opaque response is unchanged', () => {
  const redirect = Response.error();
  expect(isolated(redirect)).toBe(redirect);
});

test('a cache belongs to one folder and one version', () => {
  const name = cacheName(SCOPE, BUILD);
  expect(name).not.toBe(cacheName(SCOPE, { ...BUILD, version: 'v2' }));
  expect(isOurCache(name, SCOPE)).toBe(true);
  expect(isOurCache(name, 'https://host.example/some/')).toBe(false);
  expect(isOurCache(cacheName(`${SCOPE}deeper/`, BUILD), SCOPE)).toBe(false);
});
