// The sheet on which reading is logged: what it shows and what may be entered. It sends nothing itself.

import { mostMinutesTimed, timeInWords } from "./reading-clock.js";

const MOST_MINUTES = 1440;
// A few seconds of another kind are not worth a sentence; the record keeps them all the same.
const WORTH_SAYING_MS = 10_000;
const ENTER_MINUTES = "Enter the minutes it took, like 45.";
const SAY_WHY = "You enter more than was timed. Say why, in a few words.";

/**
 * @typedef {object} Entry What somebody enters.
 * @property {string} minutes
 * @property {string} reason
 * @property {string} reflection
 *
 * @typedef {object} Measured What was timed, in milliseconds. `offlineMs` and `beforeSignInMs` are parts of `totalMs`.
 * @property {number} totalMs
 * @property {number} offlineMs
 * @property {number} beforeSignInMs
 *
 * @typedef {object} Problem Why the entry is not saved yet.
 * @property {Record<string, string[]>} [errors] sentences, by field
 * @property {string} [text] a sentence about the whole
 * @property {{ href: string, label: string }} [link] what to do about it, in a new tab: what was typed stays here
 */

export class LogSheet {
  /**
   * @param {HTMLDialogElement} dialog
   * @param {{ save: (entry: Entry) => Promise<Problem | null>, discard: () => void, typed: (entry: Entry) => void }} on
   *   `save` says null when the entry is safe, and the sheet closes; otherwise the problem, and it stays open.
   */
  constructor(dialog, on) {
    this.dialog = dialog;
    this.on = on;
    this.form = dialog.querySelector("form");
    this.fields = this.form.elements;
    this.saveButton = this.part("save");
    this.isSaving = false;
    this.timedMinutes = 1;
    this.listen();
  }

  part(name) {
    return this.dialog.querySelector(`[data-part="${name}"]`);
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    this.form.addEventListener("input", () => this.noteChange());
    for (const button of this.dialog.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.step(Number(button.dataset.step)));
    }
    this.dialog.addEventListener("close", () => document.documentElement.classList.remove("has-sheet"));
    this.action("cancel").addEventListener("click", () => this.dialog.close());
    this.action("discard").addEventListener("click", () => {
      this.dialog.close();
      this.on.discard();
    });
  }

  action(name) {
    return this.dialog.querySelector(`[data-action="${name}"]`);
  }

  /**
   * Show the sheet. Words typed before it was cancelled are still there unless `entry` brings others.
   *
   * @param {{ title: string, minutes: number, measured: Measured, countsAs?: string[], entry?: Entry,
   *   lastLogged?: { on: string } | null, problem?: Problem, isKept?: boolean }} options
   *   `countsAs`: a sentence for each framework of the person; `isKept`: an entry from this device that can be discarded.
   */
  open({ title, minutes, measured, countsAs = [], lastLogged = null, entry, problem, isKept = false }) {
    this.part("title").textContent = title;
    this.timedMinutes = mostMinutesTimed(measured.totalMs);
    this.part("timed").textContent = measuredInWords(measured);
    this.showAgain(lastLogged);
    this.showCountsAs(countsAs);
    this.action("discard").hidden = !isKept;
    this.fields.minutes.value = String(entry?.minutes ?? minutes);
    if (entry) {
      this.fields.reason.value = entry.reason ?? "";
      this.fields.reflection.value = entry.reflection ?? "";
    }
    this.clearProblem();
    this.showReason();
    this.show();
    if (problem) {
      this.showProblem(problem);
    }
  }

  /** The class keeps the page behind where it is while the focus moves about on the sheet. */
  show() {
    document.documentElement.classList.add("has-sheet");
    this.dialog.showModal();
    this.saveButton.focus({ preventScroll: true });
  }

  get isOpen() {
    return this.dialog.open;
  }

  /** The words are safe somewhere else now. */
  forgetWords() {
    this.fields.reason.value = "";
    this.fields.reflection.value = "";
  }

  /** @returns {Entry} */
  get entry() {
    return {
      minutes: this.fields.minutes.value.trim(),
      // What was said for more minutes is no reason for fewer.
      reason: this.isMore() ? this.fields.reason.value.trim() : "",
      reflection: this.fields.reflection.value.trim(),
    };
  }

  // --- Entering ---

  step(by) {
    const minutes = Number(this.fields.minutes.value) || 0;
    this.fields.minutes.value = String(Math.min(MOST_MINUTES, Math.max(1, Math.round(minutes) + by)));
    this.noteChange();
  }

  noteChange() {
    this.showReason();
    this.on.typed({ ...this.entry, reason: this.fields.reason.value });
  }

  isMore() {
    return Number(this.fields.minutes.value) > this.timedMinutes;
  }

  showReason() {
    const hasError = !this.errorOf("reason").hidden;
    this.part("reason").hidden = !this.isMore() && !hasError;
  }

  showAgain(lastLogged) {
    const again = this.part("again");
    again.hidden = !lastLogged;
    again.textContent = lastLogged ? `You logged this on ${dayInWords(lastLogged.on)}. Log again?` : "";
  }

  showCountsAs(sentences) {
    const list = this.part("counts-as");
    list.hidden = !sentences.length;
    list.replaceChildren(
      ...sentences.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })),
    );
  }

  // --- Saving ---

  async save() {
    if (this.isSaving) {
      return;
    }
    this.clearProblem();
    const errors = this.check();
    if (errors) {
      this.showProblem({ errors });
      return;
    }
    this.setSaving(true);
    try {
      const problem = await this.on.save(this.entry);
      if (problem) {
        this.showProblem(problem);
      } else {
        this.forgetWords();
        this.dialog.close();
      }
    } finally {
      this.setSaving(false);
    }
  }

  /** A button that is really disabled would lose the focus; this one only does nothing. */
  setSaving(isSaving) {
    this.isSaving = isSaving;
    this.saveButton.setAttribute("aria-disabled", String(isSaving));
    this.saveButton.textContent = isSaving ? "Saving …" : "Save to my CPD";
  }

  /** The server's own rules, said before the round trip, and when there is no connection to make one. */
  check() {
    const { minutes, reason } = this.entry;
    if (!/^\d+$/.test(minutes)) {
      return { minutes: [ENTER_MINUTES] };
    }
    if (Number(minutes) < 1) {
      return { minutes: ["Enter at least 1 minute."] };
    }
    if (Number(minutes) > MOST_MINUTES) {
      return { minutes: ["A day has 1,440 minutes. Enter fewer."] };
    }
    return this.isMore() && !reason ? { reason: [SAY_WHY] } : null;
  }

  // --- Problems ---

  errorOf(field) {
    return this.dialog.querySelector(`[data-error="${field}"]`);
  }

  showProblem({ errors = {}, text, link }) {
    const elsewhere = [];
    let first = null;
    for (const [field, sentences] of Object.entries(errors)) {
      const place = this.errorOf(field);
      if (!place) {
        elsewhere.push(...sentences);
        continue;
      }
      place.textContent = sentences.join(" ");
      place.hidden = false;
      this.fields[field].setAttribute("aria-invalid", "true");
      first ??= this.fields[field];
    }
    this.showReason();
    this.showMessage([...(text ? [text] : []), ...elsewhere].join(" "), link);
    first?.focus({ preventScroll: true });
    first?.scrollIntoView({ block: "nearest" });
  }

  showMessage(text, link) {
    const problem = this.part("problem");
    problem.replaceChildren();
    problem.hidden = !text;
    if (!text) {
      return;
    }
    const sentence = document.createElement("p");
    sentence.textContent = text;
    problem.append(sentence);
    if (link) {
      const anchor = document.createElement("a");
      Object.assign(anchor, { href: link.href, target: "_blank", rel: "noopener", textContent: link.label });
      const line = document.createElement("p");
      line.append(anchor);
      problem.append(line);
    }
  }

  clearProblem() {
    this.showMessage("");
    for (const place of this.dialog.querySelectorAll("[data-error]")) {
      place.hidden = true;
      place.textContent = "";
      this.fields[place.dataset.error].removeAttribute("aria-invalid");
    }
  }
}

function measuredInWords({ totalMs, offlineMs, beforeSignInMs }) {
  const sentences = [`We timed ${timeInWords(totalMs)}.`];
  if (offlineMs >= WORTH_SAYING_MS) {
    sentences.push(`Recorded offline: ${timeInWords(offlineMs)}.`);
  }
  if (beforeSignInMs >= WORTH_SAYING_MS) {
    sentences.push(`Read before logging in: ${timeInWords(beforeSignInMs)}.`);
  }
  return sentences.join(" ");
}

/** "3 November", of a day written as 2026-11-03. */
function dayInWords(day) {
  const words = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
  return words.format(new Date(`${day}T00:00:00Z`));
}
