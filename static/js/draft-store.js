// Drafts on this device (IndexedDB), one for each tab: two tabs with the same form never write over each other's words.
//
// A row is { key, reader, kind, subject, slot, address, title, sequence, typedAt, words, baseVersion }. The slot counts
// the tabs: the browser gives each to one tab at a time, and takes it back however that tab ends.

import { within } from "./device-store.js";
import { newId } from "./requests.js";

const STORE = "drafts";
const DEVICE = "meducation:device";
const MOST_SLOTS = 50;
// A tab that was just closed lets go of its place a moment later.
const LET_GO_MS = 500;
const KEEP_MS = 90 * 24 * 3600 * 1000;

let fallback;

/** This browser's own made-up name. It says nothing about the device or its owner. */
export function deviceName() {
  try {
    const name = localStorage.getItem(DEVICE) ?? newId();
    localStorage.setItem(DEVICE, name);
    return name;
  } catch {
    return (fallback ??= newId());
  }
}

export function keyOf(kind, subject, slot) {
  return slot ? `${kind}:${subject}:${slot}` : `${kind}:${subject}`;
}

/** @returns {Promise<boolean>} whether the words are safe on this device now. */
export async function keep(row) {
  return (await within(STORE, "readwrite", (store) => store.put(row))) !== undefined;
}

export async function forget(key) {
  await within(STORE, "readwrite", (store) => store.delete(key));
}

/** All drafts of one reader on this device, the newest first. */
export async function rowsOf(reader) {
  const rows = (await within(STORE, "readonly", (store) => store.getAll())) ?? [];
  const mine = rows.filter((row) => row.reader === reader && row.words && row.typedAt > Date.now() - KEEP_MS);
  return mine.sort((a, b) => b.sequence - a.sequence);
}

/**
 * Take a slot that no living tab holds: the one with the newest words, or the first free one.
 *
 * @param {number[]} preferred slots with words of tabs that may be gone, the newest first
 * @returns {Promise<{ slot: number, isShared: boolean, release: () => void }>} isShared: another tab holds one, too.
 */
export async function takeSlot(name, preferred, isRefused = () => false) {
  const wanted = [...new Set([...preferred, ...Array(MOST_SLOTS).keys()])].filter((slot) => !isRefused(slot));
  let isShared = false;
  for (const slot of wanted) {
    const release = await hold(lockName(name, slot), { patience: preferred.includes(slot) ? LET_GO_MS : 0 });
    if (release) {
      return { slot, isShared: isShared || (await heldSlots(name)).size > 1, release };
    }
    isShared = true;
  }
  return { slot: MOST_SLOTS, isShared: true, release: () => {} };
}

/** The slots that living tabs hold of one thing, this tab's own included. */
export async function heldSlots(name) {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const prefix = lockName(name, "");
  return new Set(held.filter((lock) => lock.name.startsWith(prefix)).map((lock) => Number(lock.name.slice(prefix.length))));
}

function lockName(name, slot) {
  return `meducation:draft:${name}:${slot}`;
}

/**
 * On plain http browsers have no locks: there every tab believes that it is alone.
 *
 * @returns {Promise<(() => void) | null>} what lets go of it again; null when another tab holds it.
 */
function hold(name, { patience }) {
  if (!navigator.locks) {
    return Promise.resolve(() => {});
  }
  const options = patience ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true };
  return new Promise((resolve) => {
    const keepIt = (lock) => {
      if (!lock) {
        resolve(null);
        return undefined;
      }
      return new Promise((release) => resolve(release));
    };
    navigator.locks.request(name, options, keepIt).catch(() => resolve(null));
  });
}
