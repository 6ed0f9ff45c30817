// Signing in over a page whose words must not be lost: in another tab, and then on with a fresh token.

import { send } from "./requests.js";

const SOMEBODY_ELSE = "Somebody else has logged in on this device. Nothing is saved for them. Log in as yourself to go on.";
const STILL_OUT = "You are not logged in yet. Log in in the new tab first.";
// After "Not now" typing alone does not ask again for so long.
const PUT_OFF_MS = 120_000;
const NO_CONNECTION = "We cannot reach Meducation. Try again when you are online.";

export class SignInAgain {
  /**
   * @param {HTMLDialogElement} dialog
   * @param {{ form: HTMLFormElement, reader: string, sessionUrl: string }} of whose page it is, and which form has the token
   */
  constructor(dialog, { form, reader, sessionUrl }) {
    this.dialog = dialog;
    this.form = form;
    this.reader = reader;
    this.sessionUrl = sessionUrl;
    this.waiting = [];
    this.isPutOff = false;
    this.part("signed-in").addEventListener("click", () => this.check());
    this.part("later").addEventListener("click", () => this.putOff());
    this.dialog.addEventListener("close", () => this.answer(false));
    // Back from the tab in which they logged in.
    document.addEventListener("visibilitychange", () => !document.hidden && this.dialog.open && this.check({ isAsked: false }));
  }

  part(name) {
    return this.dialog.querySelector(`[data-part="${name}"]`);
  }

  get isAsking() {
    return this.dialog.open;
  }

  putOff() {
    this.isPutOff = true;
    setTimeout(() => (this.isPutOff = false), PUT_OFF_MS);
    this.dialog.close();
  }

  /**
   * Who is logged in, with a fresh token put into the form if it is still this page's reader.
   *
   * @returns {Promise<"in" | "out" | "other" | "offline">}
   */
  async renew() {
    const answer = await send(this.sessionUrl);
    if (!answer?.ok) {
      return "offline";
    }
    const { signed_in: isSignedIn, reader, csrf } = answer.body;
    if (!isSignedIn) {
      return "out";
    }
    if (reader !== this.reader) {
      return "other";
    }
    this.form.elements.csrfmiddlewaretoken.value = csrf;
    return "in";
  }

  /**
   * Ask to log in. Over somebody who is typing it opens beside the page and leaves the focus where it is.
   *
   * @returns {Promise<boolean>} whether the page's reader is logged in again.
   */
  async ask({ isTyping = false } = {}) {
    const state = await this.renew();
    if (state === "in") {
      return true;
    }
    if (isTyping && this.isPutOff) {
      return false;
    }
    this.say(state === "other" ? SOMEBODY_ELSE : "");
    if (!this.dialog.open) {
      const focused = document.activeElement;
      if (isTyping) {
        this.dialog.show();
        focused?.focus({ preventScroll: true });
      } else {
        this.dialog.showModal();
      }
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async check({ isAsked = true } = {}) {
    const state = await this.renew();
    if (state === "in") {
      this.answer(true);
      this.dialog.close();
    } else if (state === "other") {
      this.say(SOMEBODY_ELSE);
    } else if (isAsked) {
      this.say(state === "out" ? STILL_OUT : NO_CONNECTION);
    }
  }

  say(text) {
    this.part("sign-in-problem").textContent = text;
  }

  answer(isIn) {
    for (const resolve of this.waiting.splice(0)) {
      resolve(isIn);
    }
  }
}
