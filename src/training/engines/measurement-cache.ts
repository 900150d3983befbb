/**
 * Keeps the outcome of measurements in this browser (IndexedDB, which workers reach too), so that they are made once. A
 * browser that keeps nothing, as in some private windows, measures again: no failure of the store is one of the caller.
 */

const DATABASE = 'branch-lab-measured';
const STORE = 'outcomes';

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () =>
      // not translated: no failure of the store is told, here and below.
      reject(request.error ?? new Error('The store cannot be opened.')),
    );
    // not translated: as above.
    request.addEventListener('blocked', () => reject(new Error('Another tab keeps the store from opening.')));
  });
}

/** Carries out one request on the store. Rejects where there is none, or it fails. */
async function asked<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const request = ask(database.transaction(STORE, mode).objectStore(STORE));
      request.addEventListener('success', () => resolve(request.result));
      // not translated: as above.
      request.addEventListener('error', () => reject(request.error ?? new Error('The store fails.')));
    });
  } finally {
    database.close();
  }
}

/**
 * What was measured under this key, or else what `measure` finds, which is then kept. What is kept counts only where
 * `makesSense` of it. Rejects only where `measure` does.
 */
export async function remembered<T>(
  key: string,
  makesSense: (kept: unknown) => kept is T,
  measure: () => Promise<T>,
): Promise<T> {
  const kept: unknown = await asked('readonly', (store) => store.get(key) as IDBRequest<unknown>).catch(
    () => undefined,
  );
  if (makesSense(kept)) return kept;
  const found = await measure();
  await asked('readwrite', (store) => store.put(found, key)).catch(() => undefined);
  return found;
}
