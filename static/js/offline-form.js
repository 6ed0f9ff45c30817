// The form of an activity where the connection may be gone: what cannot be sent is kept in the outbox.
//
// It is sent by fetch first. What the server has to say about it (errors, a change made elsewhere) it says on the page,
// as without JavaScript: the form is then sent again as forms are. That saves nothing twice: the id and the version are
// the same.

import { OFFLINE_PAGE } from "./addresses.js";
import { DELIVERED } from "./deliver.js";
import { forget, keep, rowOf } from "./outbox.js";
import { send } from "./requests.js";

const form = document.getElementById("activity-form");
const NOT_KEPT = "We cannot reach Meducation, and this browser does not let us keep your entry. Leave this page open and save again when you are online.";
// A form that is only asking for suggestions, and what is made anew when it is sent.
const SUGGEST = "suggest";
// The page of the activity comes next, and says that it is saved.
const GOES_ON = "goes-on";
const NOT_WORDS = new Set(["csrfmiddlewaretoken", SUGGEST]);

const { reader } = document.body.dataset;
const address = form.getAttribute("action") || location.pathname + location.search;
let isSending = false;

/** A draft that is gone on with makes another activity of the form: its id may change. */
function id() {
  return form.elements.id.value;
}

function key() {
  return `activity:${id()}`;
}

form.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.submitter?.name === SUGGEST || hasFiles()) {
    return;
  }
  event.preventDefault();
  save(event.submitter);
});

/** Files are no words: they are sent as forms send them. */
function hasFiles() {
  return [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length > 0);
}

async function save(submitter) {
  if (isSending) {
    return;
  }
  isSending = true;
  form.setAttribute("aria-busy", "true");
  const fields = pairs(submitter);
  const csrf = form.elements.csrfmiddlewaretoken.value;
  const answer = await send(address, { csrf, form: [...fields, [GOES_ON, "true"]] });
  isSending = false;
  form.removeAttribute("aria-busy");
  if (answer === null || answer.status >= 500 || answer.status === 429) {
    await keepForLater(fields);
  } else if (answer.ok) {
    await forget(key());
    tellThatSafe();
    location.assign(answer.body.url);
  } else if (answer.status === 401 && document.querySelector("[data-drafts]")) {
    await signInFirst(submitter);
  } else {
    sendAsForm(submitter);
  }
}

/** The words stay where they are, and are sent when their owner is back. */
async function signInFirst(submitter) {
  const { signInAgain } = await import("./drafts.js");
  if (await signInAgain()) {
    await save(submitter);
  }
}

/** The draft of these words is not needed any more (drafts.js). */
function tellThatSafe() {
  document.dispatchEvent(new CustomEvent("meducation:saved", { detail: { id: id() } }));
}

/** What the form says, in the order of its fields. */
function pairs(submitter) {
  const said = [...new FormData(form)].filter(([name, value]) => !NOT_WORDS.has(name) && typeof value === "string");
  return submitter?.name ? [...said, [submitter.name, submitter.value]] : said;
}

function sendAsForm(submitter) {
  if (submitter?.name) {
    const pressed = document.createElement("input");
    pressed.type = "hidden";
    pressed.name = submitter.name;
    pressed.value = submitter.value;
    form.append(pressed);
  }
  HTMLFormElement.prototype.submit.call(form);
}

async function keepForLater(fields) {
  const before = await rowOf(key());
  const isNew = !form.elements.version?.value;
  const keptAt = before?.keptAt ?? Date.now();
  // When it was written is said of what is new; a change is made when it arrives.
  const written = isNew ? [["written_at", new Date(keptAt).toISOString()]] : [];
  const row = {
    key: key(),
    reader,
    address,
    keptAt,
    title: form.elements.title.value,
    isNew,
    asked: [...new Set([...form.elements].map((field) => field.name).filter(Boolean))],
    fields: [...fields.filter(([name]) => name !== "written_at"), ...written],
  };
  const isKept = Boolean(reader) && (await keep(row));
  if (isKept) {
    tellThatSafe();
  }
  show(isKept);
}

// --- What became of it ---

function show(isKept) {
  note()?.remove();
  const box = document.createElement("section");
  box.id = "kept-note";
  box.className = `note ${isKept ? "note--ok" : "note--danger"} narrow stack`;
  box.tabIndex = -1;
  const words = document.createElement("p");
  words.textContent = isKept ? "Saved on this device. It will be sent when you are online." : NOT_KEPT;
  box.append(words);
  if (isKept) {
    box.append(actions());
  }
  form.before(box);
  form.hidden = isKept;
  box.focus();
}

function actions() {
  const row = document.createElement("p");
  row.className = "row";
  const change = document.createElement("button");
  change.type = "button";
  change.className = "btn btn--quiet";
  change.textContent = "Change it";
  change.addEventListener("click", () => {
    note().remove();
    form.hidden = false;
    form.elements.title.focus();
  });
  const look = document.createElement("a");
  look.href = OFFLINE_PAGE;
  look.textContent = "See what is on this device";
  row.append(change, look);
  return row;
}

function note() {
  return document.getElementById("kept-note");
}

document.addEventListener(DELIVERED, ({ detail }) => {
  const box = note();
  if (detail.key !== key() || !box) {
    return;
  }
  const words = document.createElement("p");
  words.textContent = "Sent. It is in your CPD. ";
  const link = document.createElement("a");
  link.href = detail.url ?? location.pathname.replace(/edit\/$/, "");
  link.textContent = "Open it";
  words.append(link);
  box.replaceChildren(words);
});
