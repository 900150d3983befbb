import 'fake-indexeddb/auto';
import { expect, test, vi } from 'vitest';
import { exampleState } from '../../runs/example-state';
import { resultLink } from '../../runs/result-link';

const link = (id: string, seed = 1) => resultLink(exampleState({ id, experiment: { seed } }), '0.1.0');
const brought = (...ids: string[]) => ids.map((id, i) => ({ text: link(id, i + 1), what: id }));

/** The page opened anew on the same database. */
async function opened() {
  vi.resetModules();
  return {
    ...(await import('./class-store')),
    ...(await import('./results-database')),
    ...(await import('./import-results')),
  };
}
const names = ({ useClass }: Awaited<ReturnType<typeof opened>>) =>
  useClass.getState().results.map(({ shared }) => shared.name);

test('results are kept in their order, taken away, had back, and what cannot be read is told', async () => {
  const first = await opened();
  const taken = await first.takeResults([...brought('a', 'b', 'a'), { text: 'AAAA', what: 'a bad one' }]);
  expect([taken.fresh.length, taken.known.length]).toEqual([2, 1]);
  expect(taken.refused).toEqual([{ what: 'a bad one', why: expect.stringMatching(/cut short/) }]);
  const undo = first.removeResults([taken.fresh[0]!.shared.id]);
  expect(names(first)).toEqual(['b']);
  await first.takeResults(brought('c'));
  undo();
  expect(names(first)).toEqual(['a', 'b', 'c']);

  const second = await opened();
  await second.loadClass();
  expect(names(second)).toEqual(['a', 'b', 'c']);
  await second.keepResults([...(await second.keptResults()), { id: 'x', text: 'AAAA', number: 9 }]);

  const third = await opened();
  await third.loadClass();
  expect(names(third)).toEqual(['a', 'b', 'c']);
  expect(third.useClass.getState().problem?.()).toMatch(/1 of the results kept here cannot be read/);
  third.removeResults();
  await vi.waitFor(async () => expect(await third.keptResults()).toEqual([]));
});

test('more results than a class has are refused, not lost', async () => {
  const { takeResults, MOST_RESULTS } = await opened();
  const many = Array.from({ length: MOST_RESULTS + 1 }, (_, i) => ({ text: link(`run ${i}`), what: `${i}` }));
  const { fresh, refused } = await takeResults(many);
  expect(fresh).toHaveLength(MOST_RESULTS);
  expect(refused).toEqual([
    { what: String(MOST_RESULTS), why: expect.stringMatching(/at most 500 results here, found one more/) },
  ]);
});

test('links are found in any text, each named by its place', async () => {
  const { linksIn } = await opened();
  expect(linksIn('see https://a/#r=AB-_1, (https://b/?v=1#r=CD) <a href="x#r=EF">', 'the chat')).toEqual([
    { text: 'AB-_1', what: 'the chat, link 1' },
    { text: 'CD', what: 'the chat, link 2' },
    { text: 'EF', what: 'the chat, link 3' },
  ]);
  expect(linksIn('nothing', 'the chat')).toEqual([]);
});
