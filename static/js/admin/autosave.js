// Keeps what is typed into an article's form, a moment after typing stops, and says so.
//
// The server keeps it for its writer only (articles/admin/keeping.py); where the server cannot be reached, this browser
// does. Nothing here saves the draft: that is the button's work.

import { forget, keep, rowsOf } from "../outbox.js";

const bar = document.getElementById("desk-bar");
const form = bar?.closest("form");
const status = document.getElementById("desk-kept");
const others = document.getElementById("others");

// After the last key; while somebody goes on typing, at the latest; and the sign of life, which looks for changes too.
const PAUSE_MS = 1_500;
const LATEST_MS = 10_000;
const BEAT_MS = 20_000;
const PATIENCE_MS = 20_000;
// What a browser still sends for a page that is gone.
const MOST_BYTES_WHEN_LEAVING = 60_000;
// Fields that are about the form, not the article.
const NOT_WORDS = ["csrfmiddlewaretoken", "version", "owner"];

const MEGABYTE = 1_000_000;
const mine = bar ? `desk:${bar.dataset.owner}` : "";

let kept = "";
let typedAt = 0;
let timer = 0;
let isSending = false;
let isSubmitted = false;

const box = (name) => form.elements.namedItem(name);

function body() {
  const sent = new URLSearchParams(new FormData(form));
  sent.delete("owner");
  return sent;
}

/** What stands in the form, as one text to compare. */
function words() {
  const all = body();
  NOT_WORDS.forEach((name) => all.delete(name));
  return all.toString();
}

function say(text, { isTrouble = false, link } = {}) {
  bar.classList.toggle("desk-bar--trouble", isTrouble);
  // Saying the same again would be read out again.
  if (status.dataset.said === text) {
    return;
  }
  status.dataset.said = text;
  status.replaceChildren(document.createTextNode(text));
  if (link) {
    const anchor = document.createElement("a");
    Object.assign(anchor, { href: link.address, textContent: link.words, target: "_blank", rel: "noopener" });
    status.append(" ", anchor);
  }
}

async function post(data, { outlivesPage = false } = {}) {
  const patience = new AbortController();
  const late = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(bar.dataset.autosave, {
      method: "POST",
      body: data,
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: outlivesPage,
      signal: patience.signal,
    });
    if (isLoggedOut(response)) {
      return { trouble: "logged-out" };
    }
    const isJson = response.headers.get("Content-Type")?.includes("json");
    return response.ok && isJson ? { answer: await response.json() } : { trouble: String(response.status) };
  } catch {
    return { trouble: "unreachable" };
  } finally {
    clearTimeout(late);
  }
}

/** The admin sends who is nobody to its login page; the site tells a script so. */
function isLoggedOut(response) {
  return response.type === "opaqueredirect" || response.status === 401;
}

/** After logging in again in another tab the page's token no longer fits; the server gives a new one. */
async function renewToken() {
  try {
    const response = await fetch(bar.dataset.autosave, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
    if (isLoggedOut(response) || !response.ok) {
      return "logged-out";
    }
    const { token, owner } = await response.json();
    if (owner !== bar.dataset.owner) {
      return "somebody-else";
    }
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) {
      field.value = token;
    }
    return "";
  } catch {
    return "unreachable";
  }
}

const TROUBLES = {
  unreachable: { text: "Not saved: no connection." },
  "logged-out": { text: "Not saved: you are logged out.", link: { words: "Log in in another tab", isLogin: true } },
  "somebody-else": { text: "Not saved: somebody else is logged in in this browser now." },
  404: { text: "Not saved: this article is not there any more, or not yours to edit." },
  413: { text: "Not saved: the text is too long for us." },
};

async function tell(trouble, sent) {
  const { text, link } = TROUBLES[trouble] ?? { text: "Not saved: something went wrong with us. We try again." };
  const isSafe = sent && (await keepHere(sent));
  const where = isSafe ? " Your words are kept in this browser." : " Your words stay in this page; do not close it.";
  say(`${text}${sent ? where : ""}`, {
    isTrouble: true,
    link: link && { words: link.words, address: `${bar.dataset.login}?next=${encodeURIComponent(location.pathname)}` },
  });
}

function keepHere(sent) {
  sent.delete("csrfmiddlewaretoken");
  return keep({
    key: `desk:${box("working_copy").value}`,
    reader: mine,
    address: location.pathname,
    body: sent.toString(),
    keptAt: Date.now(),
  });
}

function note(answer) {
  // The form has been saved since, by its own preview: it is the later version that it stands on.
  if (answer.version > Number(box("version").value)) {
    box("version").value = answer.version;
    kept = "";
  }
  const sentences = [...answer.others.map((each) => `${each} Saving is safe: if both of you save, the second sees both texts first.`)];
  if (answer.saved && answer.version >= Number(box("version").value)) {
    sentences.unshift(`${answer.saved} Your words are kept; when you save, you see both texts.`);
  }
  if (others.dataset.said !== sentences.join()) {
    others.dataset.said = sentences.join();
    others.classList.toggle("kept--empty", !sentences.length);
    others.replaceChildren(
      ...sentences.map((sentence) => Object.assign(document.createElement("p"), { textContent: sentence })),
    );
  }
}

/** Send what changed, or only that the form is open. */
async function beat() {
  clearTimeout(timer);
  timer = 0;
  if (isSending || isSubmitted) {
    return;
  }
  isSending = true;
  const now = words();
  const isTyping = now !== kept;
  let sent = isTyping ? body() : about();
  sent.set("doing", isTyping ? "typing" : "open");
  const version = sent.get("version");
  let { answer, trouble } = await post(sent);
  if (trouble === "403") {
    trouble = await renewToken();
    if (!trouble) {
      sent.set("csrfmiddlewaretoken", box("csrfmiddlewaretoken").value);
      ({ answer, trouble } = await post(sent));
    }
  }
  isSending = false;
  if (trouble) {
    await tell(trouble, isTyping ? sent : null);
    return;
  }
  const hadTrouble = bar.classList.contains("desk-bar--trouble");
  if (isTyping && answer.version <= Number(version)) {
    kept = now;
    typedAt = 0;
    say(`Saved ${answer.kept}`);
    await forget(`desk:${box("working_copy").value}`);
  } else if (hadTrouble) {
    say("Connected again");
  }
  note(answer);
  if (words() !== kept) {
    soon();
  }
}

function about() {
  const all = body();
  return new URLSearchParams(["csrfmiddlewaretoken", "working_copy", "version"].map((name) => [name, all.get(name) ?? ""]));
}

function soon() {
  typedAt ||= Date.now();
  clearTimeout(timer);
  timer = setTimeout(beat, Math.max(0, Math.min(PAUSE_MS, typedAt + LATEST_MS - Date.now())));
}

/** The page goes: what is not kept yet is sent on its way. */
function leave() {
  if (isSubmitted) {
    return;
  }
  const all = body();
  const isSmall = new Blob([all.toString()]).size < MOST_BYTES_WHEN_LEAVING;
  const sent = words() !== kept && isSmall ? all : about();
  sent.set("doing", sent === all ? "typing" : "open");
  sent.set("left", "1");
  post(sent, { outlivesPage: true });
}

function submit(event) {
  const sent = body();
  const size = new Blob([sent.toString()]).size;
  if (size > Number(bar.dataset.mostBytes)) {
    event.preventDefault();
    const whole = (size / MEGABYTE).toFixed(1);
    const most = (Number(bar.dataset.mostBytes) / MEGABYTE).toFixed(1);
    say(
      `Not saved: the form holds ${whole} MB and we take ${most} MB. Your words stay here. Cut the text into parts, or take out what came along when it was pasted.`,
      { isTrouble: true },
    );
    bar.scrollIntoView({ block: "start" });
    keepHere(sent);
    return;
  }
  // A preview opens beside the form, and somebody goes on typing in it.
  if (event.submitter?.formTarget === "_blank") {
    kept = words();
    return;
  }
  isSubmitted = true;
}

// --- What an earlier page of this browser could not send ---------------------------------------------------------------

async function offerWhatIsHere() {
  const rows = (await rowsOf(mine)).filter(
    (row) => row.address === location.pathname && row.key !== `desk:${box("working_copy").value}`,
  );
  for (const row of rows) {
    const at = new Date(row.keptAt).toLocaleString("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
    const section = document.createElement("section");
    section.className = "kept";
    section.setAttribute("aria-label", "Words kept in this browser");
    const text = Object.assign(document.createElement("p"), {
      textContent: `This browser has words from ${at} that did not reach us.`,
    });
    section.append(text, button("Use them", () => use(row, text)), " ", button("Throw them away", async () => {
      await forget(row.key);
      section.remove();
    }));
    others.before(section);
  }
}

function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words });
  made.addEventListener("click", act);
  return made;
}

async function use(row, text) {
  const sent = new URLSearchParams(row.body);
  sent.set("csrfmiddlewaretoken", box("csrfmiddlewaretoken").value);
  sent.set("doing", "typing");
  sent.set("left", "1");
  const { trouble } = await post(sent);
  if (!trouble) {
    await forget(row.key);
    isSubmitted = true;
    location.assign(`?copy=${encodeURIComponent(sent.get("working_copy"))}`);
    return;
  }
  // Too long for us, or still no connection: the plain fields and the text at least, straight into the form.
  for (const [name, value] of sent) {
    const field = box(name);
    if (field instanceof HTMLInputElement && field.type === "text") {
      field.value = value;
    }
  }
  document.getElementById("id_standfirst").value = sent.get("standfirst") ?? "";
  editorOf("id_body")?.commands.setContent(sent.get("body") ?? "", { emitUpdate: true });
  text.textContent = "The title, the standfirst and the text are in the form now. They are still kept in this browser.";
}

const editors = new Map();
const editorOf = (id) => editors.get(id);
document.addEventListener("prose-editor:ready", ({ detail }) => editors.set(detail.textarea.id, detail.editor));

// --- Beginning ---------------------------------------------------------------------------------------------------------

function begin() {
  kept = words();
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  document.addEventListener("formset:added", soon);
  document.addEventListener("formset:removed", soon);
  form.addEventListener("submit", submit);
  setInterval(beat, BEAT_MS);
  window.addEventListener("online", beat);
  window.addEventListener("focus", beat);
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : beat()));
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      isSubmitted = false;
      beat();
    }
  });
  beat();
  offerWhatIsHere();
}

if (form) {
  // The scripts of the admin fill some boxes after the page is read; what they do is nobody's typing.
  window.addEventListener("load", () => setTimeout(begin, 300));
}
