// Logging what was read: sends what the sheet holds, keeps it on this device while it cannot be sent, and takes it back.
// Loaded only for somebody who is signed in.

import { LogSheet } from "./log-sheet.js";
import * as outbox from "./outbox.js";
import { minutesInWords } from "./reading-clock.js";
import { newId, send } from "./requests.js";
import { SaveForLater } from "./save-for-later.js";
import { toast } from "./toast.js";

const UNDO_MS = 20_000;
const KEPT = "Saved on this device. It will be logged when you are online.";
const NOT_KEPT = "We cannot reach Meducation, and this browser does not let us keep your entry. Leave this page open and save again when you are online.";
const SIGNED_OUT = "You have been signed out. Log in in a new tab, then save again. What you typed stays here.";
const SOMEBODY_ELSE = "Somebody else has logged in on this device. Log in as yourself in a new tab, then save again. What you typed stays here.";
const NOT_ACCEPTED = "Meducation did not accept this entry. What you typed stays here.";

export class ReadingLog {
  /** @param {import("./reading-timer.js").ReadingTimer} timer whose reading is logged, and who shows what became of it. */
  constructor(timer) {
    this.timer = timer;
    this.article = timer.dataset.article;
    // Made once and used until the entry is safe: whatever is sent twice is logged once.
    this.activity = null;
    // Who opened the sheet: its words are logged for nobody else.
    this.openedBy = null;
    // The row of the outbox that is on the sheet, when it is not this page's own reading.
    this.keptRow = null;
    this.isDelivering = false;
    this.sheet = new LogSheet(timer.querySelector("dialog"), {
      save: (entry) => this.save(entry),
      discard: () => this.discard(),
      typed: (entry) => this.keepDraft(entry),
    });
    this.saveForLater = new SaveForLater(timer);
  }

  /** Show the sheet for what was read here. */
  open() {
    const { context } = this.timer;
    this.keptRow = null;
    this.activity ??= newId();
    this.openedBy = this.timer.reader;
    this.sheet.open({
      title: this.timer.articleTitle,
      minutes: this.timer.minutesOffered,
      measured: this.timer.measured,
      countsAs: context?.counts_as,
      lastLogged: context?.logged[0],
      entry: this.draft(),
    });
  }

  /** The sheet may have been quicker than the answer that says what this reading counts as. */
  contextCame() {
    this.saveForLater.contextCame();
    if (this.sheet.isOpen && !this.keptRow) {
      this.sheet.showCountsAs(this.timer.context.counts_as ?? []);
    }
  }

  // --- Saving ---

  /** @returns {Promise<import("./log-sheet.js").Problem | null>} null when the entry is safe. */
  async save(entry) {
    if (!this.timer.context) {
      // Quicker than the answer that says who reads, and that brings the token without which nothing is accepted.
      await this.timer.refreshContext();
    }
    const row = this.keptRow ? { ...this.keptRow, fields: { ...this.keptRow.fields, ...entry } } : this.rowFor(entry);
    const answer = (await this.refusalFor(row)) ?? (await this.deliver(row));
    if (answer === null || answer.status >= 500 || answer.status === 429) {
      return this.keep(row);
    }
    if (answer.ok) {
      await this.logged(row, answer.body);
      return null;
    }
    return problemOf(answer, this.timer.dataset.loginUrl);
  }

  /** The answer to give in the server's place when the page is not the row's reader's any more; null when it is. */
  async refusalFor(row) {
    if (row.reader === this.timer.reader) {
      return null;
    }
    const context = await this.timer.refreshContext();
    return context && context.reader !== row.reader ? refusal(context) : null;
  }

  /** Everything that is needed to log this page's reading, now or later. */
  rowFor(entry) {
    const last = this.timer.lastReport();
    return {
      key: `log:${this.activity}`,
      reader: this.openedBy ?? this.timer.reader,
      address: this.timer.dataset.logUrl,
      title: this.timer.articleTitle,
      keptAt: Date.now(),
      fields: { id: this.activity, article: this.article, sitting: last.sitting, beat: JSON.stringify(last), ...entry },
    };
  }

  /** Send a row; once more if only the page's token was out of date. The answer is null when there is no connection. */
  async deliver(row) {
    const post = () => send(row.address, { csrf: this.timer.context?.csrf, form: row.fields });
    let answer = await post();
    if (answer?.status === 403) {
      const context = await this.timer.refreshContext();
      if (context?.reader === row.reader) {
        answer = await post();
      } else {
        answer = context && refusal(context);
      }
    }
    return answer;
  }

  /** No connection: the outbox has it, under the same id. */
  async keep(row) {
    if (!row.reader || !(await outbox.keep(row))) {
      return { text: NOT_KEPT };
    }
    this.dropDraft();
    if (!this.keptRow) {
      this.activity = null;
      this.timer.showKept();
    }
    toast(KEPT, { ms: 12_000 });
    return null;
  }

  async logged(row, answer) {
    await outbox.forget(row.key);
    await outbox.forget(`beat:${row.fields.sitting}`);
    if (row.fields.id === this.activity || this.timer.mode === "kept") {
      this.activity = null;
      this.dropDraft();
      this.timer.showLogged(answer);
    } else if (row.fields.article === this.article) {
      // Kept on an earlier visit: it took all reading of this article so far with it.
      await this.timer.readOn();
    }
    toast(`Logged ${minutesInWords(answer.minutes)}.`, {
      action: () => this.undo(answer),
      label: "Undo",
      link: row.fields.reflection ? undefined : { href: answer.edit_url, text: "Add reflection" },
      ms: UNDO_MS,
    });
  }

  async undo(answer) {
    const reply = await send(answer.undo_url, { csrf: this.timer.context?.csrf, form: {} });
    if (reply?.ok) {
      toast("Taken out of your CPD again.");
      await this.timer.readOn();
    } else {
      toast("It could not be taken back just now.", { link: { href: answer.url, text: "See it in your CPD" }, ms: UNDO_MS });
    }
  }

  // --- What could not be sent ---

  /** Keep a report of the timer, so that reading counts although the page is closed before the connection returns. */
  async keepBeat(report) {
    const { reader } = this.timer;
    if (reader) {
      const fields = report;
      await outbox.keep({ key: `beat:${report.sitting}`, reader, address: this.timer.dataset.beatUrl, keptAt: Date.now(), fields });
    }
  }

  /** The report has arrived after all. */
  async forgetBeat(report) {
    await outbox.forget(`beat:${report.sitting}`);
  }

  /** Send what waits for this reader, the oldest first. Stops at the first that does not go through. */
  async sendKept() {
    const reader = this.timer.context?.reader;
    if (this.isDelivering || !reader || this.sheet.isSaving) {
      return;
    }
    this.isDelivering = true;
    try {
      // Activities that were typed are sent from any page (deliver.js).
      const rows = (await outbox.rowsOf(reader)).filter((row) => !row.key.startsWith("activity:"));
      for (const row of rows) {
        if (!(await this.sendOne(row))) {
          break;
        }
      }
    } finally {
      this.isDelivering = false;
    }
  }

  /** @returns {Promise<boolean>} whether to go on with the next. */
  async sendOne(row) {
    if (row.key.startsWith("beat:")) {
      return this.sendKeptBeat(row);
    }
    const answer = await this.deliver(row);
    if (answer === null || answer.status >= 500 || [401, 403, 429].includes(answer.status)) {
      return false;
    }
    if (answer.ok) {
      await this.logged(row, answer.body);
    } else {
      this.offerToCorrect(row, problemOf(answer, this.timer.dataset.loginUrl));
    }
    return true;
  }

  async sendKeptBeat(row) {
    if (row.fields.sitting === this.timer.sitting.id) {
      // This page goes on reporting that sitting itself.
      return true;
    }
    const answer = await send(row.address, { csrf: this.timer.context?.csrf, json: row.fields });
    if (answer === null || answer.status >= 500 || [403, 409, 429].includes(answer.status)) {
      return answer?.status === 409;
    }
    await outbox.forget(row.key);
    return true;
  }

  /** An entry kept on this device was refused: it is never thrown away unasked. */
  offerToCorrect(row, problem) {
    toast("An entry kept on this device was not accepted.", {
      action: () => this.correct(row, problem),
      label: "Correct it",
      ms: UNDO_MS,
    });
  }

  correct(row, problem) {
    if (this.sheet.isOpen) {
      return;
    }
    this.keptRow = row;
    const { minutes, reason, reflection } = row.fields;
    const measured = row.fields.article === this.article ? this.timer.measured : reported(row);
    this.sheet.open({ title: row.title, minutes: Number(minutes), measured, entry: { minutes, reason, reflection }, problem, isKept: true });
  }

  async discard() {
    if (this.keptRow) {
      await outbox.forget(this.keptRow.key);
      this.keptRow = null;
      this.sheet.forgetWords();
      toast("Discarded.");
    }
  }

  // --- Words on the sheet, should the page be left before they are saved ---

  get draftKey() {
    return `reading:${this.article}:words`;
  }

  keepDraft(entry) {
    if (!this.keptRow) {
      this.timer.store(this.draftKey, { reader: this.timer.reader, reason: entry.reason, reflection: entry.reflection });
    }
  }

  /** What this person typed on this page's sheet and did not save, with the minutes offered now. */
  draft() {
    const kept = this.timer.stored(this.draftKey);
    if (!kept || kept.reader !== this.timer.reader) {
      return { minutes: this.timer.minutesOffered, reason: "", reflection: "" };
    }
    return { minutes: this.timer.minutesOffered, reason: kept.reason, reflection: kept.reflection };
  }

  dropDraft() {
    this.timer.store(this.draftKey, null);
  }
}

/** What the server would say to somebody who is not the row's reader. */
function refusal(context) {
  return { status: context.signed_in ? 403 : 401, ok: false, body: { isSomebodyElse: context.signed_in } };
}

function problemOf({ status, body }, loginUrl) {
  const login = { href: body.login_url ?? loginUrl, label: "Log in (opens in a new tab)" };
  if (status === 401) {
    return { text: SIGNED_OUT, link: login };
  }
  if (body.isSomebodyElse) {
    return { text: SOMEBODY_ELSE, link: login };
  }
  return body.errors ? { errors: body.errors, link: body.link } : { text: NOT_ACCEPTED };
}

/** What a row's own last report says was timed. */
function reported(row) {
  return { totalMs: JSON.parse(row.fields.beat).counted_ms, offlineMs: 0, beforeSignInMs: 0 };
}
