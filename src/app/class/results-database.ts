/** Keeps a class's results in the browser's database "branch-lab-class": the texts of their links, and nothing else. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

export interface KeptResult {
  id: string;
  text: string;
  /** Order of arrival. */
  number: number;
}

interface Schema extends DBSchema {
  results: { key: string; value: KeptResult };
}

let opening: Promise<IDBPDatabase<Schema>> | null = null;

function open(): Promise<IDBPDatabase<Schema>> {
  opening ??= openDB<Schema>('branch-lab-class', 1, {
    upgrade(database) {
      database.createObjectStore('results', { keyPath: 'id' });
    },
    blocking: () => {
      void opening?.then((database) => database.close());
      opening = null;
    },
    terminated: () => {
      opening = null;
    },
  }).catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

/** All results, in their order. */
export async function keptResults(): Promise<KeptResult[]> {
  const all = await (await open()).getAll('results');
  return all.toSorted((a, b) => a.number - b.number);
}

/** Makes these the results that are kept. */
export async function keepResults(results: readonly KeptResult[]): Promise<void> {
  const transaction = (await open()).transaction('results', 'readwrite');
  await transaction.store.clear();
  for (const result of results) void transaction.store.put(result);
  await transaction.done;
}
