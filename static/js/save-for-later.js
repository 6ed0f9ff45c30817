// "Save for later" on an article's page, for somebody who is signed in. Without it, the link leads to a page that asks.

import { send } from "./requests.js";
import { toast } from "./toast.js";

export class SaveForLater {
  /** @param {import("./reading-timer.js").ReadingTimer} timer knows what the server says of this reader. */
  constructor(timer) {
    this.timer = timer;
    this.link = document.querySelector('[data-part="save"]');
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "btn btn--quiet";
    this.button.addEventListener("click", () => this.set(!this.isSaved));
  }

  /** Show what the server said. The link becomes a button, for it acts at once from now on. */
  contextCame() {
    if (!this.link) {
      return;
    }
    this.show(Boolean(this.timer.context.is_saved));
    if (this.link.isConnected) {
      const hadFocus = document.activeElement === this.link;
      this.link.replaceWith(this.button);
      if (hadFocus) {
        this.button.focus();
      }
    }
  }

  show(isSaved) {
    this.isSaved = isSaved;
    this.button.textContent = isSaved ? "Saved for later" : "Save for later";
    this.button.setAttribute("aria-pressed", String(isSaved));
  }

  async set(isSaved) {
    const answer = await this.post(isSaved);
    if (!answer?.ok) {
      toast("Your list could not be changed just now.", { link: { href: this.link.href, text: "Try on a page of its own" } });
      return;
    }
    this.show(answer.body.saved);
    if (isSaved) {
      toast("Saved for later.", { link: { href: this.link.dataset.list, text: "See your list" } });
    } else {
      toast("Taken off your list.", { action: () => this.set(true), label: "Undo" });
    }
  }

  /** Once more if only the page's token was out of date. */
  async post(isSaved) {
    const post = () => send(this.link.href, { csrf: this.timer.context?.csrf, form: isSaved ? { save: "1" } : { remove: "1" } });
    const answer = await post();
    return answer?.status === 403 && (await this.timer.refreshContext()) ? post() : answer;
  }
}
