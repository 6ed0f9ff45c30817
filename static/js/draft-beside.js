// Two versions of a form side by side: the server draws them, because it knows what each field is called.

import { link, noteIn } from "./draft-notes.js";
import { fillField } from "./form-words.js";
import { send } from "./requests.js";
import { toast } from "./toast.js";

const UNDO_MS = 20_000;

export class DraftBeside {
  /** @param {{ form: HTMLFormElement, holder: HTMLElement, notes: HTMLElement, address: string, csrf: string }} page of the form. */
  constructor(page) {
    this.page = page;
  }

  get panel() {
    return document.getElementById("beside");
  }

  /** Put a draft (its key), or what is "saved", beside what stands in the form. */
  async put(key) {
    const { form, notes, holder } = this.page;
    const fresh = await this.drawn(`${new URLSearchParams(new FormData(form))}&beside=${key}`);
    if (!fresh) {
      noteIn(notes, "Another device or tab has other words for this form.").append(link("See them", holder.dataset.draftsUrl));
      return;
    }
    this.panel?.remove();
    notes.after(document.adoptNode(fresh));
    this.listen();
  }

  async drawn(body) {
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    try {
      const response = await fetch(this.page.address, { method: "POST", body, headers, credentials: "same-origin" });
      const page = response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
      return page?.getElementById("beside") ?? null;
    } catch {
      return null;
    }
  }

  listen() {
    for (const use of this.panel?.querySelectorAll("[data-use]") ?? []) {
      use.hidden = false;
      use.addEventListener("click", () => {
        fillField(this.page.form, use.dataset.use, JSON.parse(use.dataset.values));
        use.textContent = "Copied into the form";
      });
    }
    const part = (name) => this.panel?.querySelector(`[data-part="${name}"]`);
    part("keep-theirs")?.addEventListener("click", (event) => this.keepTheirs(event));
    if (this.panel && this.panel.dataset.draft !== "saved") {
      part("keep-mine").addEventListener("click", (event) => this.keepMine(event));
    }
  }

  /** The form goes to where its button says, whatever else is done with it when it is saved. */
  keepTheirs(event) {
    event.preventDefault();
    const { form } = this.page;
    form.action = event.currentTarget.formAction;
    HTMLFormElement.prototype.submit.call(form);
  }

  /** Another draft gives way to the form; nothing needs to be saved for that yet. */
  async keepMine(event) {
    event.preventDefault();
    const other = this.panel.dataset.draft;
    const answer = await this.tell(other, "discard");
    if (!answer?.ok && answer?.status !== 404) {
      toast("That could not be done just now. Both versions are still kept.");
      return;
    }
    this.panel.remove();
    toast("Kept yours. The other is kept for 30 days under Unsaved words.", {
      action: async () => {
        await this.tell(other, "restore");
        await this.put(other);
      },
      label: "Undo",
      ms: UNDO_MS,
    });
  }

  tell(draft, what) {
    return send(`${this.page.holder.dataset.draftsUrl}${draft}/${what}/`, { csrf: this.page.csrf, form: {} });
  }
}
