// This browser's own storage (IndexedDB): what waits to be sent, what is being typed, and copies to look at offline.
//
// Each row of each store has a `key`, and a `reader`: the opaque name of who it belongs to. On a shared computer nothing
// of one person is shown to or sent for another, and signing out empties all of it.

const DATABASE = "meducation";
const VERSION = 2;
// What could not be sent yet; words being typed; activities to look at and to change without a connection.
const STORES = ["outbox", "drafts", "copies"];

/**
 * Do one thing with a store. The connection is closed again at once: an open one keeps a page out of the
 * back/forward cache.
 *
 * @returns {Promise<unknown>} undefined when the storage is missing, full or refused; null for an empty result.
 */
export async function within(store, mode, act) {
  let database;
  try {
    database = await opened();
    return (await finished(database, store, mode, act)) ?? null;
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

/** Forget everything that this device keeps of anybody, copies of articles too: they have signed out. */
export async function emptyDevice() {
  for (const store of STORES) {
    await within(store, "readwrite", (rows) => rows.clear());
  }
  for (const name of (await globalThis.caches?.keys()) ?? []) {
    if (!name.startsWith("files-")) {
      await caches.delete(name);
    }
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      for (const name of STORES) {
        if (!request.result.objectStoreNames.contains(name)) {
          request.result.createObjectStore(name, { keyPath: "key" });
        }
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

function finished(database, store, mode, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}
