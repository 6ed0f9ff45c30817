// What could not be sent yet, kept on this device (IndexedDB) until it can be.
//
// A row is { key, reader, address, fields, … }. `reader` is the opaque name of who it belongs to: on a shared computer
// a row is sent for nobody else. Where the browser has no storage to give, keep() says so and the page keeps the words.

import { within } from "./device-store.js";

const STORE = "outbox";

/**
 * Keep a row, in place of one with the same key.
 *
 * @returns {Promise<boolean>} whether it is safe now.
 */
export async function keep(row) {
  return (await within(STORE, "readwrite", (store) => store.put(row))) !== undefined;
}

/** Forget the row with this key, if there is one. */
export async function forget(key) {
  await within(STORE, "readwrite", (store) => store.delete(key));
}

/** All rows of one reader, the oldest first. */
export async function rowsOf(reader) {
  const rows = (await within(STORE, "readonly", (store) => store.getAll())) ?? [];
  return rows.filter((row) => row.reader === reader).sort((a, b) => a.keptAt - b.keptAt);
}
