import { describe, expect, test, vi } from 'vitest';
import { inEnglish } from '../language/phrase';
import { isolate, type Isolation, type Surroundings } from './isolate';

/** Why there is one thread; empty if there are several. */
function whyOf(isolation: Isolation): string {
  if (isolation.kind !== 'start') throw new Error('The page is being loaded again.');
  return isolation.why === null ? '' : inEnglish(isolation.why.text, isolation.why.values);
}

/** A registration whose worker goes through the given states. */
function registrationOf(...states: string[]) {
  const worker = Object.assign(new EventTarget(), { state: 'installing' });
  states.forEach((state, i) =>
    setTimeout(() => {
      worker.state = state;
      worker.dispatchEvent(new Event('statechange'));
    }, i + 1),
  );
  return { installing: worker, waiting: null, active: null };
}

function surroundings(
  values: Partial<Surroundings> = {},
  register = async () => registrationOf('activated'),
) {
  const kept = new Map<string, string>();
  const reload = vi.fn();
  const container = { controller: null, register: vi.fn(register) };
  return {
    kept,
    reload,
    container,
    given: {
      built: true,
      isolated: false,
      secure: true,
      framed: false,
      hostname: 'host.example',
      serviceWorker: container as unknown as ServiceWorkerContainer,
      storage: () => ({
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => void kept.set(key, value),
        removeItem: (key: string) => void kept.delete(key),
      }),
      reload,
      ...values,
    } satisfies Surroundings,
  };
}

test('a page without isolation is reloaded once its worker is active, and only once', async () => {
  const { given, reload } = surroundings();
  expect(await isolate(given)).toEqual({ kind: 'reloading' });
  expect(reload).toHaveBeenCalledOnce();
  expect(await isolate(given)).toMatchObject({
    kind: 'start',
    why: { text: expect.stringContaining('loaded again') },
  });
  expect(reload).toHaveBeenCalledOnce();
});

test('an isolated page may be reloaded later', async () => {
  const { given, kept } = surroundings();
  await isolate(given);
  expect(kept.size).toBe(1);
  expect(await isolate({ ...given, isolated: true })).toEqual({ kind: 'start', why: null, worker: true });
  expect(kept.size).toBe(0);
});

describe('an isolated page', () => {
  test('from a host is cached by a worker', async () => {
    const { given } = surroundings({ isolated: true });
    expect(await isolate(given)).toEqual({ kind: 'start', why: null, worker: true });
  });

  test('from this machine, or from the development server, needs none', async () => {
    for (const values of [{ hostname: '127.0.0.1' }, { hostname: 'localhost' }, { built: false }]) {
      const { given, container, reload } = surroundings({ isolated: true, ...values });
      expect(await isolate(given)).toEqual({ kind: 'start', why: null, worker: false });
      expect(container.register).not.toHaveBeenCalled();
      expect(reload).not.toHaveBeenCalled();
    }
  });

  test('starts in a tab without storage', async () => {
    const { given } = surroundings({
      isolated: true,
      storage: () => {
        throw new Error('denied');
      },
    });
    expect(await isolate(given)).toMatchObject({ kind: 'start', why: null });
  });
});

describe('one thread, a reason and no reload', () => {
  const rows: [string, Partial<Surroundings>, RegExp][] = [
    [
      'on plain http in a network',
      { secure: false, serviceWorker: undefined },
      /neither https nor localhost/,
    ],
    ['without service workers', { serviceWorker: undefined }, /no service workers here/],
    ['in a frame', { framed: true }, /frame/],
    ['on a development server without headers', { built: false }, /no isolation headers/],
    [
      'under a worker already',
      { serviceWorker: { controller: {} } as unknown as ServiceWorkerContainer },
      /does not isolate/,
    ],
    [
      'where the tab cannot remember',
      {
        storage: () => {
          throw new Error('denied');
        },
      },
      /denied/,
    ],
  ];
  for (const [name, values, why] of rows)
    test(name, async () => {
      const { given, reload, container } = surroundings(values);
      expect(whyOf(await isolate(given))).toMatch(why);
      expect(reload).not.toHaveBeenCalled();
      expect(container.register).not.toHaveBeenCalled();
    });

  const failures: [string, () => Promise<ReturnType<typeof registrationOf>>, RegExp][] = [
    ['if registration is refused', () => Promise.reject(new Error('404.')), /set up: 404\.$/],
    ['where its worker fails', async () => registrationOf('redundant'), /gave it up/],
    ['where it takes too long', async () => registrationOf(), /too long/],
  ];
  for (const [name, register, why] of failures)
    test(name, async () => {
      const { given, reload } = surroundings({}, register);
      expect(whyOf(await isolate(given, 50))).toMatch(why);
      expect(reload).not.toHaveBeenCalled();
    });
});
