// Under the boxes of a form: what may identify a patient in the words typed there. The server looks, and keeps nothing;
// its answer holds places in the text only, so that what was found is nowhere but in this page.

import { send } from "./requests.js";

const PAUSE_MS = 2000;
const FIELDS = 'textarea[name], input[type="text"][name="title"]';
const MOST_SHOWN = 8;

class Watched {
  constructor(field, check) {
    this.field = field;
    this.check = check;
    this.looked = "";
    this.timer = 0;
    this.findings = [];
    this.list = document.createElement("div");
    this.list.className = "identifiers";
    this.list.setAttribute("aria-live", "polite");
    field.after(this.list);
    field.addEventListener("input", () => this.later());
    field.addEventListener("blur", () => this.look());
    if (field.value) {
      this.later();
    }
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE_MS);
  }

  async look() {
    clearTimeout(this.timer);
    const text = this.field.value;
    if (text === this.looked) {
      return;
    }
    this.looked = text;
    if (!text.trim()) {
      this.show([], text);
      return;
    }
    const found = await this.check.ask(this.field.name, text);
    if (!found) {
      // Offline, or not signed in any more: ask again at the next pause.
      this.looked = "";
    } else if (this.field.value === text) {
      this.show(found, text);
    }
  }

  show(findings, text) {
    this.findings = findings;
    const list = document.createElement("ul");
    list.className = "identifiers__list";
    list.append(...findings.slice(0, MOST_SHOWN).map((finding) => this.line(finding, text)));
    if (findings.length > MOST_SHOWN) {
      const more = document.createElement("li");
      more.textContent = `And ${findings.length - MOST_SHOWN} more.`;
      list.append(more);
    }
    this.list.replaceChildren(...(findings.length ? [list] : []));
    this.check.changed();
  }

  line(finding, text) {
    const line = document.createElement("li");
    const words = text.slice(finding.start, finding.end);
    const said = document.createElement("span");
    const mark = document.createElement("mark");
    mark.textContent = words;
    said.append("This may identify a patient: “", mark, `” (${finding.name}). ${finding.reason} `);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--quiet";
    button.textContent = `Use: ${finding.suggestion}`;
    button.addEventListener("click", () => this.use(finding, words));
    line.append(said, button);
    return line;
  }

  /** Put the neutral words in, as typing would: the browser's own Undo takes them out again. */
  use(finding, words) {
    const { field } = this;
    if (field.value.slice(finding.start, finding.end) !== words) {
      this.look();
      return;
    }
    field.focus();
    field.setSelectionRange(finding.start, finding.end);
    if (!document.execCommand("insertText", false, finding.suggestion)) {
      field.setRangeText(finding.suggestion, finding.start, finding.end, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.look();
  }
}

class Check {
  constructor(form) {
    this.form = form;
    this.address = form.dataset.identifierCheck;
    this.part = form.querySelector('[data-part="identifiers-confirm"]');
    this.fields = [...form.querySelectorAll(FIELDS)].map((field) => new Watched(field, this));
    // What the server found when it made the page is said under each box from now on.
    form.querySelector('[data-part="identifiers-found"]')?.remove();
    form.elements.is_shareable?.addEventListener("change", () => this.changed());
    form.addEventListener("input", (event) => {
      if (this.confirmed && event.target.matches(FIELDS)) {
        // It was said of other words.
        this.confirmed.checked = false;
      }
    });
    this.changed();
  }

  get confirmed() {
    return this.form.elements.identifiers_confirmed;
  }

  async ask(name, text) {
    const answer = await send(this.address, {
      csrf: this.form.elements.csrfmiddlewaretoken.value,
      json: { fields: { [name]: text } },
    });
    return answer?.ok ? (answer.body.fields?.[name] ?? null) : null;
  }

  /** The question stands there only while there is something to answer. */
  changed() {
    if (this.part) {
      const isAsked = this.form.elements.is_shareable?.checked && this.fields.some(({ findings }) => findings.length);
      this.part.hidden = !isAsked;
    }
  }
}

for (const form of document.querySelectorAll("form[data-identifier-check]")) {
  new Check(form);
}
