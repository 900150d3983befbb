/** Saves a class's results in the IndexedDB database "branch-lab-class": only the texts of their links. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

export interface KeptResult {
  id: string;
  text: string;
  /** Position in the order of import. */
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

/** All saved results, in the order of import. */
export async function keptResults(): Promise<KeptResult[]> {
  const all = await (await open()).getAll('results');
  return all.toSorted((a, b) => a.number - b.number);
}

/** Replaces the saved results. */
export async function keepResults(results: readonly KeptResult[]): Promise<void> {
  const transaction = (await open()).transaction('results', 'readwrite');
  await transaction.store.clear();
  for (const result of results) void transaction.store.put(result);
  await transaction.done;
}
