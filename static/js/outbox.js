// What could not be sent yet, kept on this device (IndexedDB) until it can be.
//
// A row is { key, reader, address, fields, … }. `reader` is the opaque name of who it belongs to: on a shared computer
// a row is sent for nobody else. Where the browser has no storage to give, keep() says so and the page keeps the words.

const DATABASE = "meducation";
const STORE = "outbox";

/**
 * Keep a row, in place of one with the same key.
 *
 * @returns {Promise<boolean>} whether it is safe now.
 */
export async function keep(row) {
  return (await within("readwrite", (store) => store.put(row))) !== undefined;
}

/** Forget the row with this key, if there is one. */
export async function forget(key) {
  await within("readwrite", (store) => store.delete(key));
}

/** All rows of one reader, the oldest first. */
export async function rowsOf(reader) {
  const rows = (await within("readonly", (store) => store.getAll())) ?? [];
  return rows.filter((row) => row.reader === reader).sort((a, b) => a.keptAt - b.keptAt);
}

/**
 * Do one thing with the store. The connection is closed again at once: an open one keeps a page out of the
 * back/forward cache.
 *
 * @returns {Promise<unknown>} undefined when the storage is missing, full or refused; null for an empty result.
 */
async function within(mode, act) {
  let database;
  try {
    database = await opened();
    return (await finished(database, mode, act)) ?? null;
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

function finished(database, mode, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}
