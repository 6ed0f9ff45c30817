// What could not be sent yet, kept on this device (IndexedDB) until it can be.
//
// A row is { key, reader, address, fields, title, keptAt, … }. `reader` is the opaque name of who it belongs to: on a
// shared computer a row is sent for nobody else. Where the browser has no storage to give, keep() says so and the page
// keeps the words. A row with a `problem` is not sent again by itself: its owner has to look at it (deliver.js).

import { within } from "./device-store.js";
import { newId } from "./requests.js";

const STORE = "outbox";

/**
 * Keep a row, in place of one with the same key.
 *
 * @returns {Promise<boolean>} whether it is safe now.
 */
export async function keep(row) {
  // The stamp tells this saving of it from the next: only what was sent is forgotten.
  return (await within(STORE, "readwrite", (store) => store.put({ ...row, stamp: newId() }))) !== undefined;
}

/** Forget the row with this key, if there is one. */
export async function forget(key) {
  await within(STORE, "readwrite", (store) => store.delete(key));
}

/** Forget a row that arrived, unless it was changed here meanwhile. */
export async function forgetSent(row) {
  await within(STORE, "readwrite", (store) => {
    const found = store.get(row.key);
    found.onsuccess = () => found.result?.stamp === row.stamp && store.delete(row.key);
    return found;
  });
}

/** Note why a row was not accepted, unless it was changed here meanwhile. */
export async function noteProblem(row, problem) {
  await within(STORE, "readwrite", (store) => {
    const found = store.get(row.key);
    found.onsuccess = () => found.result?.stamp === row.stamp && store.put({ ...row, problem });
    return found;
  });
}

/** The row with this key; null when there is none. */
export async function rowOf(key) {
  return (await within(STORE, "readonly", (store) => store.get(key))) ?? null;
}

/** All rows of one reader, the oldest first. */
export async function rowsOf(reader) {
  return (await allRows()).filter((row) => row.reader === reader).sort((a, b) => a.keptAt - b.keptAt);
}

/** All rows, whoever wrote them: only to see whether there is anything to send. */
export async function allRows() {
  return (await within(STORE, "readonly", (store) => store.getAll())) ?? [];
}
