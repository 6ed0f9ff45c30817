// The page that opens without a connection: what waits to be sent, a form to add and change activities, and articles.

import { ADD, DEVICE, OFFLINE_PAGE, editAddress } from "./addresses.js";
import { lastReader, recentOf, rememberReader } from "./copies.js";
import { DELIVERED, deliverAll } from "./deliver.js";
import { OfflineForm } from "./offline-activity.js";
import { allRows, forget, keep, rowsOf } from "./outbox.js";
import { minutesInWords } from "./reading-clock.js";
import { newId, send } from "./requests.js";

const KEPT = "Saved on this device. It will be sent when you are online.";
const NOT_KEPT = "This browser does not let us keep your entry. Leave this page open and save again when you are online.";
// Longer is no connection worth waiting for.
const PATIENCE_MS = 3000;

const page = document.getElementById("offline");
let reader = null;
// What the form changes: a row of the outbox; null while it adds.
let changing = null;
const form = new OfflineForm(document.getElementById("offline-activity"), { save, stop: add });

begin();
document.addEventListener(DELIVERED, paint);
addEventListener("online", sendNow);
addEventListener("pageshow", (event) => event.persisted && paint());
part("send").querySelector("button").addEventListener("click", sendNow);

async function begin() {
  const isElsewhere = location.pathname !== OFFLINE_PAGE;
  part("unreachable").hidden = !isElsewhere;
  part("again").href = location.href;
  await learnReader();
  await paint();
  await sendNow();
}

/** On a shared computer the last reader's session may have ended: with a connection, the server says who is here. */
async function learnReader() {
  reader = await lastReader();
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  const answer = navigator.onLine ? await Promise.race([send(DEVICE), patience]) : null;
  if (answer?.ok) {
    reader = answer.body.reader;
    await rememberReader(reader);
  }
}

async function sendNow() {
  if (navigator.onLine && reader) {
    await deliverAll({ reader });
    await paint();
  }
}

// --- What is on the page ---

function part(name, within = page) {
  return within.querySelector(`[data-part="${name}"]`);
}

async function paint() {
  const rows = (reader ? await rowsOf(reader) : []).filter((row) => !row.key.startsWith("beat:"));
  const others = (await allRows()).filter((row) => row.reader !== reader && !row.key.startsWith("beat:")).length;
  part("add").hidden = !reader;
  part("log-in").hidden = Boolean(reader);
  part("others").hidden = others === 0;
  part("others-count").textContent = others === 1 ? "1 entry" : `${others} entries`;
  part("waiting").hidden = rows.length === 0;
  part("send").hidden = !rows.some((row) => !row.problem);
  part("waiting-rows").replaceChildren(...rows.map(waitingRow));
  await paintRecent(new Set(rows.map((row) => row.key)));
  await paintArticles();
}

async function paintRecent(waiting) {
  const activities = (reader ? await recentOf(reader) : []).filter((each) => !waiting.has(`activity:${each.id}`));
  part("recent").hidden = activities.length === 0;
  part("recent-rows").replaceChildren(...activities.map(recentRow));
}

function waitingRow(row) {
  const [state, ...actions] = stateOf(row);
  const shown = entry(row.title, new Map(Object.entries(namesOf(row))), state);
  part("row-actions", shown).append(...actions, discarding(row));
  return shown;
}

function recentRow(copy) {
  const shown = entry(copy.title, new Map(copy.fields), "");
  part("row-actions", shown).append(button("Change", copy.title, () => change(rowFrom(copy), {})));
  return shown;
}

function entry(title, said, state) {
  const shown = document.getElementById("offline-row").content.cloneNode(true).firstElementChild;
  part("row-title", shown).textContent = title || "Without a title";
  part("row-minutes", shown).textContent = /^\d{1,6}$/.test(said.get("minutes")) ? minutesInWords(Number(said.get("minutes"))) : "";
  part("row-date", shown).textContent = inWords(said.get("done_on"));
  part("row-state", shown).textContent = state;
  part("row-state", shown).hidden = !state;
  return shown;
}

function namesOf(row) {
  return Array.isArray(row.fields) ? Object.fromEntries(row.fields) : row.fields;
}

/** What there is to say of a row, and to do about it. */
function stateOf(row) {
  const { problem, title } = row;
  if (!row.key.startsWith("activity:")) {
    return ["Reading, waits to be logged"];
  }
  if (problem?.kind === "changed") {
    return ["Changed somewhere else meanwhile", button("See both and choose", title, () => choose(row))];
  }
  if (problem?.kind === "gone") {
    return ["Deleted somewhere else meanwhile", button("Add it anew", title, () => change(asNew(row), {}))];
  }
  const label = problem ? "Correct it" : "Change";
  return [problem ? "Not accepted yet" : "Waits to be sent", button(label, title, () => change(row, problem?.errors ?? {}))];
}

function discarding(row) {
  const pressed = button("Discard", row.title, async () => {
    if (pressed.dataset.asked === undefined) {
      pressed.dataset.asked = "";
      pressed.firstChild.data = "Press again to discard it for good";
      return;
    }
    await forget(row.key);
    await paint();
    part("said").focus();
  });
  return pressed;
}

function button(label, about, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn--quiet";
  const more = document.createElement("span");
  more.className = "vh";
  more.textContent = ` ${about}`;
  made.append(label, more);
  made.addEventListener("click", act);
  return made;
}

function inWords(day) {
  const date = new Date(`${day}T12:00`);
  return Number.isNaN(date.valueOf()) ? "" : date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

async function paintArticles() {
  const found = await articles();
  part("no-articles").hidden = found.length > 0;
  part("articles").hidden = found.length === 0;
  part("articles").replaceChildren(...found.map(articleRow));
}

/** The articles kept here, the one opened last first. */
async function articles() {
  try {
    const cache = await caches.open("articles");
    const found = (await cache.keys()).map(async (request) => {
      const response = await cache.match(request, { ignoreVary: true });
      const text = new DOMParser().parseFromString(await response.text(), "text/html");
      return { address: new URL(request.url).pathname, title: text.querySelector("h1").textContent, on: response.headers.get("Date") };
    });
    return (await Promise.all(found)).reverse();
  } catch {
    return [];
  }
}

function articleRow({ address, title, on }) {
  const row = document.createElement("li");
  row.className = "shelf__item";
  const heading = document.createElement("h3");
  const link = document.createElement("a");
  link.href = address;
  link.textContent = title;
  heading.append(link);
  row.append(heading);
  if (on) {
    const when = document.createElement("p");
    when.className = "meta";
    when.textContent = `As it was on ${inWords(new Date(on).toISOString().slice(0, 10))}`;
    row.append(when);
  }
  return row;
}

// --- Adding and changing ---

/** The form adds an activity, from here on. */
function add() {
  changing = null;
  form.show({ heading: "Add CPD" });
}

function change(row, errors) {
  changing = row;
  form.show({ heading: `Change “${row.title}”`, fields: row.fields, errors });
}

/** A row of the outbox that changes an activity which is here as a copy. */
function rowFrom({ id, title, version, fields }) {
  const asked = fields.map(([name]) => name);
  return { key: `activity:${id}`, address: editAddress(id), title, asked, fields: withPair(fields, "version", String(version)) };
}

/** A row that adds what it was to change: that was deleted meanwhile. */
function asNew({ title, fields }) {
  const id = newId();
  const said = fields.filter(([name]) => !["id", "version", "reflection_version", "owner"].includes(name));
  return { key: `activity:${id}`, replaces: `activity:${namesOf({ fields }).id}`, address: ADD, title, isNew: true, fields: [["id", id], ...said] };
}

async function save(typed) {
  const isNew = changing === null || Boolean(changing.isNew);
  const row = changing ?? asNew({ title: "", fields: [] });
  const keptAt = row.keptAt ?? Date.now();
  let fields = row.fields.filter(([name]) => !typed.some(([each]) => each === name)).concat(typed);
  if (isNew) {
    fields = withPair(fields, "written_at", new Date(keptAt).toISOString());
  }
  const { problem, replaces, ...rest } = row;
  const isKept = await keep({ ...rest, reader, keptAt, isNew, title: new Map(typed).get("title"), fields });
  if (!isKept) {
    say(NOT_KEPT);
    return false;
  }
  if (replaces) {
    await forget(replaces);
  }
  add();
  say(KEPT);
  await paint();
  sendNow();
  return true;
}

function withPair(fields, name, value) {
  return [...fields.filter(([each]) => each !== name), [name, value]];
}

function say(text) {
  part("said").textContent = text;
  part("said").hidden = false;
  part("said").focus();
}

/** The server's own page shows both: what it has, and these words in its form. */
async function choose(row) {
  const answer = await send(DEVICE);
  if (!answer?.ok || answer.body.reader !== reader) {
    say("To choose, you need a connection, and to be logged in.");
    return;
  }
  const posted = document.createElement("form");
  posted.method = "post";
  posted.action = editAddress(namesOf(row).id);
  for (const [name, value] of withPair(row.fields, "csrfmiddlewaretoken", answer.body.csrf)) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    posted.append(field);
  }
  posted.hidden = true;
  page.append(posted);
  posted.submit();
}
