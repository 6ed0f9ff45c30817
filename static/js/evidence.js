// Evidence files, sent in parts: what has come stays when the network breaks off, and the rest follows.
//
// The server's form sends a file in one go; this takes its place where there is JavaScript. In the activity's own form
// there is no such form, as one cannot stand in another.

import { newId, send } from "./requests.js";
import { toast } from "./toast.js";

// Small, so that little is lost and the bar moves on a slow network; the server would take more.
const PART_BYTES = 256 * 1024;
const STALLED_MS = 30_000;
const WAITS_MS = [1000, 2000, 4000, 8000, 15_000, 30_000, 60_000];
const LARGEST = 25 * 1024 * 1024;

const OFFLINE = "No connection. What has come is kept; we go on by ourselves when the network is back.";
const GAVE_UP = "It could not be sent: the network, or your login, is gone. What has come is kept for a day.";
const TOO_LARGE = "The file has more than 25 MB. Make it smaller, or cut it into parts, and try again.";
const WENT_WRONG = "That did not work. Try again.";

/** What the server says is wrong: trying again would not help. */
class Refused extends Error {}
/** Nothing comes through. */
class NoNetwork extends Error {}
class Cancelled extends Error {}

const root = document.querySelector("[data-evidence]");
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const csrf = () => document.querySelector('[name="csrfmiddlewaretoken"]').value;
const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(1);

/** The activity the files are for; the form of a new one may get another id while the page is open. */
function activity() {
  return document.querySelector('#activity-form input[name="id"]')?.value || root.dataset.of;
}

function say(text) {
  part("said").textContent = text;
}

// --- One file on its way

class Upload {
  constructor(file) {
    this.file = file;
    this.activity = activity();
    this.key = `evidence ${this.activity} ${file.name} ${file.size} ${file.lastModified}`;
    // After a reload the same file goes on where it broke off.
    this.id = remembered(this.key) ?? newId();
    this.isCancelled = false;
    this.request = null;
    this.draw();
  }

  get address() {
    return `${root.dataset.begin}${this.id}/`;
  }

  draw() {
    this.row = document.createElement("li");
    this.row.className = "entry";
    const name = document.createElement("h3");
    name.className = "break";
    name.textContent = this.file.name;
    this.buttons = document.createElement("div");
    this.buttons.className = "evidence__ways";
    this.bar = document.createElement("progress");
    this.bar.className = "bar";
    this.bar.max = this.file.size || 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", `Sent of ${this.file.name}`);
    this.words = document.createElement("p");
    this.words.className = "evidence__words";
    this.row.append(name, this.bar, this.words, this.buttons);
    part("under-way").append(this.row);
  }

  offer(...choices) {
    this.buttons.replaceChildren(
      ...choices.map(([label, act]) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn btn--text";
        const rest = document.createElement("span");
        rest.className = "vh";
        rest.textContent = ` ${this.file.name}`;
        button.append(label, rest);
        button.addEventListener("click", act);
        return button;
      }),
    );
  }

  show(sent, words = `${megabytes(sent)} of ${megabytes(this.file.size)} MB`) {
    this.bar.value = sent;
    this.words.textContent = words;
  }

  /** Stop with a sentence that stays until it is read. */
  stop(sentence, ...choices) {
    this.bar.hidden = true;
    this.words.textContent = sentence;
    this.offer(...choices, ["Dismiss", () => this.leave()]);
    say(`${this.file.name}: ${sentence}`);
  }

  leave() {
    this.row.remove();
    forget(this.key);
  }

  async cancel() {
    this.isCancelled = true;
    this.request?.abort();
    this.wake?.();
    this.leave();
    say(`Cancelled ${this.file.name}.`);
    await send(`${this.address}cancel/`, { csrf: csrf(), form: {} });
  }

  async run() {
    this.bar.hidden = false;
    this.show(0, "Starting …");
    this.offer(["Cancel", () => this.cancel()]);
    if (this.file.size > LARGEST) {
      this.stop(TOO_LARGE);
      return;
    }
    say(`Sending ${this.file.name}.`);
    try {
      await this.sendAll();
    } catch (error) {
      if (error instanceof Cancelled) {
        return;
      }
      if (error instanceof Refused) {
        forget(this.key);
        this.id = newId();
      }
      const again = ["Try again", () => this.run()];
      this.stop(error.message || WENT_WRONG, ...(error instanceof Refused && error.isFinal ? [] : [again]));
    }
  }

  async sendAll() {
    remember(this.key, this.id);
    const sha256 = await digest(this.file);
    const form = { id: this.id, activity: this.activity, name: this.file.name, size: this.file.size, sha256 };
    const begun = await this.persist(() => ask(root.dataset.begin, form));
    if (begun.has_already) {
      this.hasAlready(begun);
      return;
    }
    if (!begun.done) {
      await this.sendParts(begun.offset, Math.min(begun.part, PART_BYTES));
      this.show(this.file.size, "Checking …");
      const finished = await this.persist(() => ask(`${this.address}finish/`, {}));
      if (finished.has_already) {
        this.hasAlready(finished);
        return;
      }
    }
    this.leave();
    await refresh();
    say(`Added ${this.file.name}.`);
  }

  async sendParts(begin, size) {
    let offset = begin;
    this.show(offset);
    while (offset < this.file.size) {
      const piece = this.file.slice(offset, offset + size);
      const from = offset;
      let isFirst = true;
      const answer = await this.persist(async () => {
        if (!isFirst) {
          // Some of it may have come before the network went.
          const stands = await ask(this.address);
          if (stands.offset !== from) {
            return stands;
          }
        }
        isFirst = false;
        return this.sendPiece(from, piece);
      });
      offset = answer.offset;
      this.show(offset);
    }
  }

  sendPiece(offset, piece) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.request = request;
      let stalled = setTimeout(() => request.abort(), STALLED_MS);
      request.open("POST", `${this.address}?offset=${offset}`);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", csrf());
      request.upload.addEventListener("progress", (event) => {
        clearTimeout(stalled);
        stalled = setTimeout(() => request.abort(), STALLED_MS);
        this.show(offset + Math.min(event.loaded, piece.size));
      });
      request.addEventListener("loadend", () => {
        clearTimeout(stalled);
        const isJson = request.getResponseHeader("Content-Type")?.includes("json");
        const body = isJson ? JSON.parse(request.responseText) : {};
        if (typeof body.offset === "number") {
          resolve(body);
        } else {
          reject(problem(request.status, body));
        }
      });
      request.send(piece);
    });
  }

  /** Do something until an answer comes, with longer and longer waits. */
  async persist(act) {
    for (const wait of [...WAITS_MS, null]) {
      if (this.isCancelled) {
        throw new Cancelled();
      }
      try {
        const answer = await act();
        if (this.isCancelled) {
          throw new Cancelled();
        }
        return answer;
      } catch (error) {
        if (this.isCancelled) {
          throw new Cancelled();
        }
        if (!(error instanceof NoNetwork)) {
          throw error;
        }
        if (wait !== null) {
          this.words.textContent = OFFLINE;
          await this.pause(wait);
        }
      }
    }
    throw new Error(GAVE_UP);
  }

  pause(ms) {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, ms);
      window.addEventListener("online", resolve, { once: true });
    });
  }

  hasAlready({ has_already: sentence, use }) {
    const choices = use ? [["Use it here too", () => this.use(use)]] : [];
    this.stop(sentence, ...choices);
  }

  async use(address) {
    const answer = await send(address, { csrf: csrf(), form: { id: newId(), activity: this.activity } });
    if (!answer?.ok) {
      this.words.textContent = answer?.body?.error ?? WENT_WRONG;
      return;
    }
    this.leave();
    await refresh();
    say(`Added ${this.file.name}.`);
  }
}

/** Ask, and have a sentence or an answer. */
async function ask(address, form) {
  const answer = await send(address, form ? { csrf: csrf(), form } : {});
  if (!answer) {
    throw new NoNetwork();
  }
  if (answer.ok || typeof answer.body.offset === "number") {
    return answer.body;
  }
  throw problem(answer.status, answer.body);
}

function problem(status, body) {
  if (body.error) {
    const refused = new Refused(body.error);
    // 503 and 507 are ours, and pass.
    refused.isFinal = status < 500;
    return refused;
  }
  // Nothing, or a page where an answer should be: a proxy's error, a captive portal, a server that starts anew.
  if (status === 0 || status === 200 || status >= 500) {
    return new NoNetwork();
  }
  return new Refused(WENT_WRONG);
}

/** The file's SHA-256, so that one that is there already need not be sent; empty where browsers do not offer it. */
async function digest(file) {
  if (!crypto.subtle) {
    return "";
  }
  try {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    return "";
  }
}

// --- What this tab remembers of uploads that broke off

function remembered(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key, id) {
  try {
    sessionStorage.setItem(key, id);
  } catch {
    // Then a reload begins anew.
  }
}

function forget(key) {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Nothing was remembered.
  }
}

// --- The list

/** Show the list as the server has it now. */
async function refresh() {
  const address = root.dataset.list.replace(root.dataset.of, activity());
  let fresh = null;
  try {
    const response = await fetch(address, { credentials: "same-origin", cache: "no-store" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    fresh = response.ok ? page.querySelector('[data-part="files"]') : null;
  } catch {
    // The list is as it was; the file is where it should be.
  }
  if (fresh) {
    part("files").replaceChildren(...fresh.childNodes);
    equipList();
  }
}

function equipList() {
  for (const button of root.querySelectorAll("button[data-act]")) {
    button.hidden = false;
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      await act(button.getAttribute("formaction"), button.dataset.act, button.dataset.name);
    });
  }
}

async function act(address, what, name) {
  const answer = await send(address, { csrf: csrf(), form: {} });
  if (!answer?.ok) {
    toast(answer?.body?.error ?? WENT_WRONG);
    return;
  }
  await refresh();
  if (what === "delete") {
    const back = address.replace(/delete\/$/, "restore/");
    toast(`Deleted “${name}”. You can undo this for 30 days.`, { action: () => act(back, "restore", name) });
  } else {
    toast(`Put back “${name}”.`);
  }
}

// --- Choosing

/** One after the other: together they would share a poor network. */
let queue = Promise.resolve();

function take(files) {
  for (const file of files) {
    const upload = new Upload(file);
    upload.show(0, "Waiting …");
    upload.offer(["Cancel", () => upload.cancel()]);
    queue = queue.then(() => (upload.isCancelled ? null : upload.run()));
  }
}

function equipChoosing() {
  for (const button of root.querySelectorAll("[data-choose]")) {
    const input = document.createElement("input");
    input.type = "file";
    input.hidden = true;
    if (button.dataset.choose === "photo") {
      input.accept = "image/*";
      input.setAttribute("capture", "environment");
    } else {
      input.accept = root.dataset.accepts;
      input.multiple = true;
    }
    input.addEventListener("change", () => {
      take([...input.files]);
      // Choosing the same file once more is to be noticed.
      input.value = "";
    });
    button.after(input);
    button.addEventListener("click", () => input.click());
  }
  part("without-script").hidden = true;
  part("choose").hidden = false;
}

if (root) {
  equipChoosing();
  equipList();
}
