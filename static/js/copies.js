// What this device remembers of who reads here: their opaque name, and copies of their latest activities.
//
// The name is what a page that opens without a connection goes by. It is remembered from pages and answers that know
// who is signed in, and forgotten with the first one that says that nobody is.

import { within } from "./device-store.js";
import { RECENT } from "./addresses.js";
import { send } from "./requests.js";

const STORE = "copies";
const READER = "reader";
const RECENT_KEY = "recent";
const FRESH_MS = 5 * 60_000;

/** Remember who reads on this device; null: nobody is signed in. Copies of anybody else's go. */
export async function rememberReader(reader) {
  if (reader === (await lastReader())) {
    return;
  }
  await within(STORE, "readwrite", (store) => {
    store.clear();
    return reader ? store.put({ key: READER, reader }) : store.count();
  });
}

/**
 * The last reader who was signed in on this device, and did not sign out.
 *
 * @returns {Promise<string | null | undefined>} null for nobody, undefined where the browser keeps nothing.
 */
export async function lastReader() {
  const row = await within(STORE, "readonly", (store) => store.get(READER));
  return row === undefined ? undefined : (row?.reader ?? null);
}

/** This reader's latest activities as they were when there was a connection, the newest first. */
export async function recentOf(reader) {
  const row = await within(STORE, "readonly", (store) => store.get(RECENT_KEY));
  return row?.reader === reader ? row.activities : [];
}

/** Fetch the copies, unless that was done lately. `isChanged`: something was just saved. */
export async function refreshRecent(reader, { isChanged = false } = {}) {
  const row = await within(STORE, "readonly", (store) => store.get(RECENT_KEY));
  if (row === undefined || (!isChanged && row?.reader === reader && Date.now() - row.takenAt < FRESH_MS)) {
    return;
  }
  const answer = await send(RECENT);
  if (answer?.ok && answer.body.reader === reader) {
    const { activities } = answer.body;
    await within(STORE, "readwrite", (store) => store.put({ key: RECENT_KEY, reader, activities, takenAt: Date.now() }));
  }
}
