/**
 * Caches the results of measurements in this browser (IndexedDB, which workers can use too), so that they are made once.
 * Where nothing can be stored, as in some private windows, a measurement is repeated: errors of the store are ignored.
 */

const DATABASE = 'branch-lab-measured';
const STORE = 'outcomes';

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () =>
      // not translated: errors of the store are not shown, here and below.
      reject(request.error ?? new Error('The store cannot be opened.')),
    );
    // not translated: as above.
    request.addEventListener('blocked', () => reject(new Error('Another tab keeps the store from opening.')));
  });
}

/** Carries out one request on the store. Rejects where it cannot be opened, or the request fails. */
async function inStore<T>(
  mode: IDBTransactionMode,
  request: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const pending = request(database.transaction(STORE, mode).objectStore(STORE));
      pending.addEventListener('success', () => resolve(pending.result));
      // not translated: as above.
      pending.addEventListener('error', () => reject(pending.error ?? new Error('The store fails.')));
    });
  } finally {
    database.close();
  }
}

/**
 * Returns what was measured under this key before, or the result of `measure`, which is then stored. A stored value that is
 * not valid is measured again. Rejects only where `measure` does.
 */
export async function measureOnce<T>(
  key: string,
  isValid: (stored: unknown) => stored is T,
  measure: () => Promise<T>,
): Promise<T> {
  const stored: unknown = await inStore('readonly', (store) => store.get(key) as IDBRequest<unknown>).catch(
    () => undefined,
  );
  if (isValid(stored)) return stored;
  const result = await measure();
  await inStore('readwrite', (store) => store.put(result, key)).catch(() => undefined);
  return result;
}
