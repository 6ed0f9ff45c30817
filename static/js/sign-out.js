// Logging out clears this device, so what was not sent yet would be lost: never silently.

import { within } from "./device-store.js";
import { rowsOf } from "./outbox.js";

const { reader } = document.body.dataset;
const form = document.getElementById("log-out");
const note = document.getElementById("unsent");

// The next page clears what the browser was asked to clear, should it not have listened (device.js).
form.addEventListener("submit", () => {
  try {
    sessionStorage.setItem("signing-out", "true");
  } catch {
    // A private window clears itself.
  }
});

const entries = (await rowsOf(reader)).filter((row) => !row.key.startsWith("beat:")).length;
const drafts = ((await within("drafts", "readonly", (store) => store.getAll())) ?? []).filter(
  (draft) => draft.reader === reader && !draft.isOnServer,
).length;
if (entries + drafts > 0) {
  note.querySelector('[data-part="unsent-count"]').textContent = sentenceOf(entries, drafts);
  note.hidden = false;
  form.querySelector("button[type=submit]").textContent = "Log out and lose them";
  note.focus();
}

function sentenceOf(entries, drafts) {
  const parts = [
    entries > 0 ? `${entries} ${entries === 1 ? "entry" : "entries"}` : "",
    drafts > 0 ? `${drafts} ${drafts === 1 ? "draft" : "drafts"}` : "",
  ].filter(Boolean);
  return `${parts.join(" and ")} on this device ${entries + drafts === 1 ? "has" : "have"} not been sent.`;
}
