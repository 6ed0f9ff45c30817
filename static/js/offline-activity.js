// The form of the offline page. The server checks all of it again when it arrives; here only what is sure to be wrong.

const MOST_MINUTES_A_DAY = 1440;

export class OfflineForm {
  /**
   * @param {HTMLFormElement} form
   * @param {{ save: (typed: [string, string][]) => Promise<boolean>, stop: () => void }} acts
   */
  constructor(form, { save, stop }) {
    this.form = form;
    this.heading = document.getElementById("add-heading");
    this.summary = form.querySelector('[data-part="errors"]');
    this.stopButton = form.querySelector('[data-part="stop"]');
    this.takesDays = false;
    this.empty();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(save);
    });
    this.stopButton.addEventListener("click", () => {
      stop();
      this.heading.focus();
    });
  }

  /** Show fields to change, with what the server said about them; without any, an empty form to add. */
  show({ heading, fields, errors = {} }) {
    this.empty();
    this.takesDays = (fields ?? []).some(([name, value]) => name === "done_until" && value);
    this.heading.textContent = heading;
    this.stopButton.hidden = !fields;
    for (const [name, value] of fields ?? []) {
      const control = this.form.elements[name];
      if (control) {
        control.value = value;
      }
    }
    if (Object.keys(errors).length > 0) {
      this.showErrors(errors);
    } else if (fields) {
      this.heading.focus();
    }
  }

  empty() {
    this.form.reset();
    this.form.elements.done_on.value = today();
    this.showErrors({});
  }

  async submit(save) {
    const typed = [...new FormData(this.form)];
    const errors = problemsOf(Object.fromEntries(typed), this.takesDays);
    this.showErrors(errors);
    if (Object.keys(errors).length === 0) {
      await save(typed);
    }
  }

  /** @param {Record<string, string[]>} errors sentences by field; of fields that are not here, they stand on top only. */
  showErrors(errors) {
    const list = this.summary.querySelector("ul");
    list.replaceChildren();
    for (const shown of this.form.querySelectorAll(".error")) {
      shown.remove();
    }
    for (const control of this.controls) {
      control.removeAttribute("aria-invalid");
      control.closest(".field").classList.remove("field--error");
    }
    for (const [name, sentences] of Object.entries(errors)) {
      list.append(this.lineOf(name, sentences.join(" ")));
    }
    this.summary.hidden = list.childElementCount === 0;
    if (!this.summary.hidden) {
      this.summary.focus();
    }
  }

  get controls() {
    return [...this.form.elements].filter((control) => control.name);
  }

  lineOf(name, text) {
    const line = document.createElement("li");
    const control = this.form.elements[name];
    if (!control) {
      line.textContent = text;
      return line;
    }
    const link = document.createElement("a");
    link.href = `#${control.id}`;
    link.textContent = text;
    line.append(link);
    const error = document.createElement("div");
    error.className = "error";
    error.id = `${control.id}_error`;
    error.textContent = text;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", `${control.id}_helptext ${error.id}`);
    control.closest(".field").classList.add("field--error");
    control.before(error);
    return line;
  }
}

function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function problemsOf({ title, done_on: day, minutes }, takesDays) {
  const errors = {};
  if (!title.trim()) {
    errors.title = ["Say what you did, in a few words."];
  }
  if (!day) {
    errors.done_on = ["Enter the date you did it."];
  } else if (day > today()) {
    errors.done_on = ["This date is in the future. Enter the day you did it."];
  }
  if (!/^\d+$/.test(minutes.trim())) {
    errors.minutes = ["Enter the minutes it took, like 45."];
  } else if (Number(minutes) < 1 || (Number(minutes) > MOST_MINUTES_A_DAY && !takesDays)) {
    errors.minutes = [`Enter from 1 to ${MOST_MINUTES_A_DAY.toLocaleString("en-GB")} minutes.`];
  }
  return errors;
}
