// Logging out clears this device, so what was not sent yet would be lost: never silently. What can still be sent is sent
// before it is counted.

import { deliverAll } from "./deliver.js";
import { deviceName, rowsOf as draftsOf } from "./draft-store.js";
import { rowsOf } from "./outbox.js";
import { send } from "./requests.js";

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

await deliverAll({ reader });
const entries = (await rowsOf(reader)).filter((row) => !row.key.startsWith("beat:")).length;
const drafts = await draftsLeft();
if (entries + drafts > 0) {
  note.querySelector('[data-part="unsent-count"]').textContent = sentenceOf(entries, drafts);
  note.hidden = false;
  form.querySelector("button[type=submit]").textContent = `Log out and lose ${entries + drafts === 1 ? "it" : "them"}`;
  note.focus();
}
// For whoever waits until the page knows.
form.dataset.state = "ready";

/** How many drafts of this device the server does not have, nor takes now. */
async function draftsLeft() {
  let left = 0;
  for (const { kind, subject, slot, sequence, address, words, reader: owner, baseVersion } of await draftsOf(reader)) {
    const json = { kind, device: deviceName(), slot, sequence, address, words, reader: owner, base_version: baseVersion };
    const answer = await send(`${form.dataset.draftsUrl}${subject}/`, { csrf: form.elements.csrfmiddlewaretoken.value, json });
    left += answer?.ok ? 0 : 1;
  }
  return left;
}

function sentenceOf(entries, drafts) {
  const parts = [
    entries > 0 ? `${entries} ${entries === 1 ? "entry" : "entries"}` : "",
    drafts > 0 ? `${drafts} ${drafts === 1 ? "draft" : "drafts"}` : "",
  ].filter(Boolean);
  return `${parts.join(" and ")} on this device ${entries + drafts === 1 ? "has" : "have"} not been sent.`;
}
