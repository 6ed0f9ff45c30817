// Sending what waits in the outbox: for its reader only, the oldest first, in one tab at a time.
//
// Whatever is sent twice arrives once: the server knows an activity by its id, a sitting's report by its number, and a
// change by the version it was made to. So a row is forgotten only when the server has answered, and a lost answer, a
// closed tab or a dead battery costs a repetition and no more.

import { DEVICE, OFFLINE_PAGE } from "./addresses.js";
import { rememberReader } from "./copies.js";
import { allRows, forget, forgetSent, noteProblem, rowsOf } from "./outbox.js";
import { send } from "./requests.js";
import { toast } from "./toast.js";

const ONE_TAB = "meducation-deliver";
const TOAST_MS = 12_000;
// Answers after which to try again later: too many, or not (or no longer) this reader.
const LATER = new Set([401, 403, 429]);
// What is sent under these names says nothing of the activity.
const ABOUT_THE_FORM = new Set(["csrfmiddlewaretoken", "id", "owner", "placed_for", "reflection_version", "version", "written_at"]);

/** Somebody who has this page open learns what became of a row: a CustomEvent on the document. */
export const DELIVERED = "meducation:delivered";

/**
 * Send all that waits for who is signed in.
 *
 * @param {{ reader?: string }} [known] who is signed in, where the page says so: then nobody else's rows cost a request.
 */
export async function deliverAll({ reader } = {}) {
  const isWaiting = (row) => mayBeSentHere(row) && (!reader || row.reader === reader);
  if (!(await allRows()).some(isWaiting)) {
    return;
  }
  if (navigator.locks) {
    await navigator.locks.request(ONE_TAB, deliver);
  } else {
    await deliver();
  }
}

/** On an article's page its own log sends what was read: it shows there what became of it. */
function mayBeSentHere(row) {
  return !row.problem && (row.key.startsWith("activity:") || !document.querySelector("reading-timer"));
}

async function deliver() {
  const answer = await send(DEVICE);
  if (!answer?.ok) {
    return;
  }
  const { reader, csrf } = answer.body;
  await rememberReader(reader);
  let sent = 0;
  let refused = 0;
  for (const row of (await rowsOf(reader)).filter(mayBeSentHere)) {
    const fate = await sendOne(row, csrf);
    if (fate === "later") {
      break;
    }
    const isActivity = !row.key.startsWith("beat:");
    sent += isActivity && fate === "sent" ? 1 : 0;
    refused += fate === "refused" ? 1 : 0;
  }
  say(sent, refused);
}

async function sendOne(row, csrf) {
  if (row.key.startsWith("beat:")) {
    return sendBeat(row, csrf);
  }
  const answer = await send(row.address, { csrf, form: row.fields });
  if (isForLater(answer)) {
    return "later";
  }
  if (answer.ok || (answer.status === 409 && says(answer.body.changed, row))) {
    await forgetSent(row);
    if (row.fields.sitting) {
      await forget(`beat:${row.fields.sitting}`);
    }
    document.dispatchEvent(new CustomEvent(DELIVERED, { detail: { key: row.key, url: answer.body.url } }));
    return "sent";
  }
  await noteProblem(row, problemOf(answer));
  return "refused";
}

/** @returns {Promise<"sent" | "later">} a report nobody wants any more is as good as sent. */
async function sendBeat(row, csrf) {
  const answer = await send(row.address, { csrf, json: row.fields });
  if (isForLater(answer)) {
    return "later";
  }
  if (answer.status !== 409) {
    await forgetSent(row);
  }
  return "sent";
}

function isForLater(answer) {
  return answer === null || answer.status >= 500 || LATER.has(answer.status);
}

/** Whether the activity already says what a row would make it say: the row had arrived, and its answer was lost. */
function says(current, { fields, asked }) {
  if (!current) {
    return false;
  }
  const names = asked ?? fields.map(([name]) => name);
  return names
    .filter((name) => name in current && !ABOUT_THE_FORM.has(name))
    .every((name) => {
      const sent = fields.filter(([each]) => each === name).map(([, value]) => plain(value));
      return sameWords(sent, plainList(current[name]));
    });
}

/** What is empty is as good as not said: of a box without a tick a form says nothing. */
function sameWords(some, others) {
  const sorted = (values) => values.filter(Boolean).sort().join("\0");
  return sorted(some) === sorted(others);
}

/** A value of the server's form as a browser would send it: nothing for what is not ticked. */
function plainList(value) {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value === "boolean") {
    return value ? ["on"] : [];
  }
  return [plain(value)];
}

function plain(value) {
  return String(value ?? "").replace(/\r\n/g, "\n").trim();
}

/** Why a row waits for its owner: it was changed elsewhere, is gone, or was not accepted. */
function problemOf({ status, body }) {
  if (status === 409) {
    return { kind: "changed" };
  }
  return status === 404 ? { kind: "gone" } : { kind: "refused", errors: body.errors ?? {} };
}

function say(sent, refused) {
  if (refused > 0) {
    const text = refused === 1 ? "An entry kept on this device needs you." : `${refused} entries kept on this device need you.`;
    toast(text, { link: { href: OFFLINE_PAGE, text: "Look at it" }, ms: TOAST_MS });
  } else if (sent > 0) {
    toast(`Sent ${sent} ${sent === 1 ? "activity" : "activities"} kept on this device.`, { ms: TOAST_MS });
  }
}
