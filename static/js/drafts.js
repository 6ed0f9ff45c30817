// Words being typed into a form are kept on this device at once, and on the server a little later. After a closed tab or
// a crash they are put back; what another tab or device typed is put beside them, and never overwritten unseen.
//
// The form itself is sent by the page or by another script (offline-form.js). That one says when the words are saved, or
// safe in the outbox: `meducation:saved` on the document, with the id as detail. signInAgain() is for it.

import { DraftBeside } from "./draft-beside.js";
import { DraftsBegun } from "./drafts-begun.js";
import { button, clock, noteIn, when } from "./draft-notes.js";
import { deviceName, forget, heldSlots, keep, keyOf, rowsOf, takeSlot } from "./draft-store.js";
import { areOfVersion, fill, sayTheSame, titleOf, wordsOf } from "./form-words.js";
import { send } from "./requests.js";
import { SignInAgain } from "./sign-in-again.js";
import { toast } from "./toast.js";

const PAUSE_MS = 3000;
const LONGEST_PAUSE_MS = 10_000;
const RETRY_MS = 20_000;
// Browsers let no more than 64 kB outlive a page.
const MOST_AT_THE_END = 60_000;
const UNDO_MS = 20_000;
const SPOKEN = {
  safe: "Your draft is saved while you type.",
  device: "No connection: your draft is kept on this device.",
  trouble: "Your draft is not saved.",
};
const NOWHERE = "Not saved: there is no connection, and this browser keeps nothing. Leave this page open.";
const OTHER_TAB = "This form is open in another tab, too. Each tab keeps its own words; when you save, you see both.";

class Drafting {
  constructor(holder) {
    this.holder = holder;
    this.form = holder.closest("form");
    this.reader = holder.dataset.reader;
    this.kind = holder.dataset.kind;
    this.address = holder.dataset.address;
    this.subject = this.form.elements.id.value;
    this.device = deviceName();
    this.initial = wordsOf(this.form);
    this.sequence = 0;
    // Up to which of them the words were put into the form.
    this.shown = 0;
    // What was typed and is not yet safe there.
    this.local = { isWriting: false, isDirty: false };
    this.server = { isSending: false, isDirty: false, timer: 0, dirtySince: 0 };
    this.isFilling = false;
    this.hasTyped = false;
    this.spoken = "";
    this.signIn = new SignInAgain(this.part("sign-in"), { form: this.form, reader: this.reader, sessionUrl: holder.dataset.sessionUrl });
    this.notes = document.createElement("div");
    this.notes.className = "drafting__notes stack";
    this.form.before(this.notes);
    this.beside = new DraftBeside(this);
    this.ready = this.takePlace();
  }

  part(name) {
    return this.holder.querySelector(`[data-part="${name}"]`);
  }

  get url() {
    return `${this.holder.dataset.draftsUrl}${this.subject}/`;
  }

  get csrf() {
    return this.form.elements.csrfmiddlewaretoken.value;
  }

  get key() {
    return keyOf(this.kind, this.subject, this.slot);
  }

  async start() {
    this.listen();
    this.beside.listen();
    await this.ready;
    await this.look();
    this.holder.dataset.state = "ready";
  }

  /** See what the server has of this form, from here and from elsewhere. */
  async look() {
    const query = new URLSearchParams({ kind: this.kind, address: this.address, device: this.device });
    const answer = await send(`${this.url}?${query}`);
    await this.meet(answer?.ok && answer.body.reader === this.reader ? answer.body : null);
    if (answer?.status === 401) {
      this.signOut();
    }
  }

  /** Find what this device has, and take the place of a tab that is gone, or one of our own. */
  async takePlace() {
    this.rows = await rowsOf(this.reader);
    const mine = this.rows.filter((row) => row.kind === this.kind && row.subject === this.subject);
    const { slot, isShared, release } = await takeSlot(this.subject, mine.map((row) => row.slot));
    this.slot = slot;
    this.release = release;
    this.found = mine.find((row) => row.slot === slot);
    this.sequence = Math.max(this.sequence, this.found?.sequence ?? 0);
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel("meducation:drafts") : null;
    this.channel?.addEventListener("message", ({ data }) => data.opened === this.subject && data.reader === this.reader && this.noteOtherTab());
    this.channel?.postMessage({ opened: this.subject, reader: this.reader });
    if (isShared) {
      this.noteOtherTab();
    }
    this.markForm();
  }

  /** The form itself says which draft its words are, so that saving it settles that one and no other. */
  markForm() {
    const about = { draft_device: this.device, draft_slot: this.slot, draft_sequence: Math.max(1, this.sequence) };
    for (const [name, value] of Object.entries(about)) {
      let input = this.form.elements[name];
      if (!input) {
        input = document.createElement("input");
        input.type = "hidden";
        input.name = name;
        this.holder.append(input);
      }
      input.value = String(value);
    }
  }

  // --- While typing ---

  listen() {
    for (const type of ["input", "change"]) {
      this.form.addEventListener(type, () => this.isFilling || this.typed());
    }
    this.form.addEventListener("submit", () => this.flush());
    addEventListener("pagehide", () => {
      this.flush({ isLast: true });
      // A page that comes after this one in the same tab takes its place.
      this.release?.();
    });
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    document.addEventListener("visibilitychange", () => document.hidden && this.flush({ isLast: true }));
    addEventListener("online", () => this.server.isDirty && this.sendSoon(0));
    document.addEventListener("meducation:saved", (event) => event.detail?.id === this.subject && this.forgetHere());
  }

  typed() {
    this.hasTyped = true;
    this.sequence = Math.max(this.sequence + 1, Date.now());
    this.markForm();
    this.local.isDirty = true;
    this.server.isDirty = true;
    this.server.dirtySince ||= Date.now();
    this.write();
    const longest = this.server.dirtySince + LONGEST_PAUSE_MS - Date.now();
    this.sendSoon(Math.max(0, Math.min(PAUSE_MS, longest)));
  }

  row() {
    const words = wordsOf(this.form);
    const { kind, subject, slot, reader, address, sequence } = this;
    const baseVersion = Number(this.form.elements.version?.value) || null;
    return { key: this.key, reader, kind, subject, slot, address, title: titleOf(words), sequence, typedAt: Date.now(), words, baseVersion };
  }

  /** Keep it on this device. While one write is under way, what is typed waits for the next, which begins at once. */
  async write() {
    if (this.local.isWriting) {
      return;
    }
    this.local.isWriting = true;
    await this.ready;
    while (this.local.isDirty) {
      this.local.isDirty = false;
      this.isOnDevice = await keep(this.row());
    }
    this.local.isWriting = false;
    if (this.isOnDevice && this.state !== "offline") {
      this.show(`Saved on this device ${clock()}`);
    }
  }

  sendSoon(ms) {
    clearTimeout(this.server.timer);
    this.server.timer = setTimeout(() => this.sendNow(), ms);
  }

  async sendNow({ isLast = false } = {}) {
    const { server } = this;
    if (server.isSending || !server.isDirty || this.signIn.isAsking) {
      return;
    }
    await this.ready;
    server.isSending = true;
    server.isDirty = false;
    server.dirtySince = 0;
    const answer = await this.post(this.row(), { isLast });
    server.isSending = false;
    await this.answered(answer);
    if (server.isDirty && server.timer === 0) {
      this.sendSoon(PAUSE_MS);
    }
  }

  post(row, { isLast = false, putAway = null } = {}) {
    const { kind, slot, sequence, address, words, reader } = row;
    const json = { kind, device: this.device, slot, sequence, address, words, reader, base_version: row.baseVersion, put_away: putAway };
    const outlivesPage = isLast && JSON.stringify(json).length < MOST_AT_THE_END;
    return send(`${this.holder.dataset.draftsUrl}${row.subject}/`, { csrf: this.csrf, json, outlivesPage });
  }

  async answered(answer) {
    this.server.timer = 0;
    if (answer?.ok) {
      this.state = "safe";
      this.draftId = answer.body.id;
      if (!this.server.isDirty) {
        this.show(`Draft saved ${clock(new Date(answer.body.saved_at))}`);
      }
      this.speak("safe");
      return;
    }
    if (answer === null || answer.status >= 500 || answer.status === 429) {
      this.server.isDirty = true;
      this.state = "offline";
      this.show(this.isOnDevice ? "No connection: kept on this device" : NOWHERE);
      this.speak(this.isOnDevice ? "device" : "trouble");
      this.sendSoon(RETRY_MS);
      return;
    }
    this.server.isDirty = true;
    if (answer.status === 401 || answer.status === 403) {
      await this.signOut();
      return;
    }
    this.state = "trouble";
    this.show(answer.body.error ?? (this.isOnDevice ? "Kept on this device only" : NOWHERE));
    this.speak("trouble");
  }

  flush({ isLast = false } = {}) {
    clearTimeout(this.server.timer);
    this.server.timer = 0;
    return this.sendNow({ isLast });
  }

  /** The form's owner is not signed in here any more: ask, and go on where it stopped. */
  async signOut({ isTyping = this.form.contains(document.activeElement) } = {}) {
    this.state = "offline";
    this.show(this.isOnDevice ? "You are signed out: kept on this device" : "You are signed out. Leave this page open.");
    const isIn = await this.signIn.ask({ isTyping });
    if (isIn) {
      this.state = "";
      this.show("You are logged in again.");
      this.server.isDirty ||= this.hasTyped;
      this.sendSoon(0);
    }
    return isIn;
  }

  /** The words are saved, or wait in the outbox: this device's draft is not needed any more. */
  async forgetHere() {
    await this.ready;
    clearTimeout(this.server.timer);
    this.server.isDirty = false;
    this.local.isDirty = false;
    await forget(this.key);
    this.show("");
  }

  show(text) {
    this.part("state").textContent = text;
  }

  /** Read out only what is new, not each save. */
  speak(what) {
    if (this.spoken !== what) {
      this.spoken = what;
      this.part("spoken").textContent = SPOKEN[what];
    }
  }

  // --- What was typed before, here and elsewhere ---

  /** @param {object | null} known what the server knows; null without a connection. */
  async meet(known) {
    for (const { subject, slot, sequence } of known?.saved ?? []) {
      await this.forgetSaved(keyOf(this.kind, subject, slot), sequence);
    }
    const drafts = known?.drafts ?? [];
    const held = await heldSlots(this.subject);
    const isMine = (draft) => draft.device === this.device && draft.slot === this.slot;
    const onServer = drafts.find(isMine);
    const mine = newer(this.found, onServer && this.rowFrom(onServer));
    this.sequence = Math.max(this.sequence, mine?.sequence ?? 0);
    this.markForm();
    if (mine && mine.sequence > this.shown && !sayTheSame(this.form, mine.words, wordsOf(this.form))) {
      await this.meetOwn(mine);
    }
    const isLive = (draft) => draft.device === this.device && held.has(draft.slot) && draft.slot !== this.slot;
    const others = drafts.filter((draft) => !isMine(draft) && !isLive(draft) && !sayTheSame(this.form, draft.words, wordsOf(this.form)));
    others.push(...(known ? await this.sendOthers(held, drafts) : []));
    if (others.length && !document.getElementById("beside")) {
      await this.beside.put(others.sort((a, b) => b.saved_at.localeCompare(a.saved_at))[0].id);
    }
    if (!this.form.elements.version?.value && !this.hasOffered) {
      this.hasOffered = true;
      await new DraftsBegun(this).offer(known?.begun ?? []);
    }
  }

  rowFrom(draft) {
    return { ...draft, typedAt: Date.parse(draft.saved_at), reader: this.reader, key: this.key };
  }

  /** What this tab's place holds: put back; beside what is saved, if that is not what it was typed over. */
  async meetOwn(mine) {
    if (this.hasTyped) {
      // Quicker than we: what is typed now keeps a place of its own, and the older words stay where they are.
      const next = await takeSlot(this.subject, [], (slot) => slot === this.slot);
      this.release();
      Object.assign(this, { slot: next.slot, release: next.release });
      this.typed();
      return;
    }
    const isOver = areOfVersion(this.form, mine.words);
    this.put(mine.words);
    this.shown = mine.sequence;
    if (isOver) {
      this.notePutBack(mine);
    } else {
      await this.beside.put("saved");
    }
  }

  async forgetSaved(key, sequence) {
    const row = this.rows.find((each) => each.key === key);
    if (row && row.sequence <= sequence) {
      await forget(key);
      this.rows = this.rows.filter((each) => each !== row);
      this.found = this.found === row ? undefined : this.found;
    }
  }

  /** Words of tabs that are gone and never reached the server: there they can be put beside these. */
  async sendOthers(held, drafts) {
    const isKnown = (row) => drafts.some((draft) => draft.device === this.device && draft.slot === row.slot && draft.sequence >= row.sequence);
    const left = this.rows.filter(
      (row) => row.kind === this.kind && row.subject === this.subject && !held.has(row.slot) && !isKnown(row) && !sayTheSame(this.form, row.words, wordsOf(this.form)),
    );
    const sent = [];
    for (const row of left) {
      const answer = await this.post(row);
      if (answer?.ok) {
        sent.push(answer.body);
      }
    }
    return sent;
  }

  put(words) {
    this.isFilling = true;
    fill(this.form, words);
    this.isFilling = false;
  }

  notePutBack(mine) {
    const note = this.note(`We put back what you typed ${when(mine.typedAt)}.`);
    note.append(
      button("Start again", async () => {
        note.remove();
        const typed = wordsOf(this.form);
        this.put(this.initial);
        await this.putAway(mine);
        toast("Started again. What you had typed is kept for 30 days under Unsaved words.", {
          action: () => this.takeBack(typed),
          label: "Undo",
          ms: UNDO_MS,
        });
      }),
    );
  }

  takeBack(words) {
    this.put(words);
    this.typed();
  }

  /** Keep words that were not chosen for 30 days, and forget them here. */
  async putAway(row) {
    await forget(row.key);
    const known = await this.post({ ...row, ...{ kind: this.kind, address: row.address ?? this.address } });
    if (known?.ok) {
      await send(`${this.holder.dataset.draftsUrl}${known.body.id}/discard/`, { csrf: this.csrf, form: {} });
    }
  }

  /** The form becomes the one that these words were typed into. */
  async goOnWith(row) {
    this.release();
    this.subject = row.subject;
    this.form.elements.id.value = row.subject;
    const { slot, release } = await takeSlot(this.subject, [row.slot]);
    Object.assign(this, { slot, release, sequence: row.sequence, shown: row.sequence, found: row });
    this.markForm();
    this.put(row.words);
    this.notePutBack(row);
    await this.look();
    this.form.querySelector("input:not([type=hidden]), textarea")?.focus();
  }

  // --- Other tabs ---

  noteOtherTab() {
    if (!this.hasOtherTabNote) {
      this.hasOtherTabNote = true;
      this.note(OTHER_TAB);
    }
  }

  note(text) {
    return noteIn(this.notes, text);
  }
}

function newer(some, other) {
  return !other || (some && some.sequence >= other.sequence) ? some : other;
}

const holder = document.querySelector("[data-drafts]");
const drafting = holder ? new Drafting(holder) : null;
drafting?.start();

/** Ask to log in over the page. @returns {Promise<boolean>} whether its owner is logged in again, with a fresh token. */
export async function signInAgain() {
  return drafting ? drafting.signOut({ isTyping: false }) : false;
}
