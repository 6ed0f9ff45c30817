// What stands in a form, as plain words: field → values. And putting such words back into its fields.

// About the form itself: the page that shows it makes new ones.
const NO_WORDS = new Set(["csrfmiddlewaretoken", "owner"]);
const VERSIONS = ["version", "reflection_version"];

/** @returns {Record<string, string[]>} all fields but files, and what belongs to the page. */
export function wordsOf(form) {
  const words = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !NO_WORDS.has(name) && !isAboutTheDraft(name)) {
      (words[name] ??= []).push(value);
    }
  }
  return words;
}

function isAboutTheDraft(name) {
  return name === "draft" || name.startsWith("draft_");
}

/** Whether two sets of words say the same, in all that a person can see of the form and has filled in. */
export function sayTheSame(form, some, others) {
  const names = new Set([...Object.keys(some), ...Object.keys(others)]);
  return [...names].every((name) => isHidden(form, name) || plain(some[name]) === plain(others[name]));
}

function isHidden(form, name) {
  const controls = controlsOf(form, name);
  return name === "id" || name === "placed_for" || VERSIONS.includes(name) || (controls.length > 0 && controls.every((one) => one.type === "hidden"));
}

/** Lines end in many ways on the way, and an empty field is as good as none. */
function plain(values = []) {
  return JSON.stringify(values.map((value) => value.replaceAll("\r\n", "\n").trim()).filter(Boolean));
}

/** Whether the words were typed over the version of the record that the form holds. */
export function areOfVersion(form, words) {
  return VERSIONS.every((name) => !form.elements[name] || (words[name]?.[0] ?? "") === form.elements[name].value);
}

/** What a list calls these words. */
export function titleOf(words) {
  return words.title?.[0] || "No title yet";
}

/**
 * Put words into the fields. What is hidden stays as the page made it. Where fields come later, because the server
 * fits them to what was chosen (activity-form.js), they are filled when they come.
 */
export function fill(form, words) {
  fillOnce(form, words);
  const late = new MutationObserver(() => fillOnce(form, words, { isQuiet: true }));
  late.observe(form, { childList: true, subtree: true });
  // From the next word on, the fields are the person's again.
  const stop = (event) => {
    if (event.isTrusted) {
      late.disconnect();
      form.removeEventListener("input", stop);
    }
  };
  form.addEventListener("input", stop);
}

function fillOnce(form, words, { isQuiet = false } = {}) {
  const names = new Set([...form.elements].map((control) => control.name).filter(Boolean));
  for (const name of names) {
    fillField(form, name, words[name] ?? [], isQuiet);
  }
}

/** Fill one field with its values; none empties it. */
export function fillField(form, name, values, isQuiet = false) {
  if (NO_WORDS.has(name) || isHidden(form, name) || isAboutTheDraft(name)) {
    return;
  }
  for (const control of controlsOf(form, name)) {
    if (set(control, values) && !isQuiet) {
      control.dispatchEvent(new Event("input", { bubbles: true }));
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
}

function controlsOf(form, name) {
  return [...form.elements].filter((control) => control.name === name);
}

/** @returns {boolean} whether the control says something else now. */
function set(control, values) {
  if (control.type === "checkbox" || control.type === "radio") {
    const before = control.checked;
    control.checked = values.includes(control.value);
    return control.checked !== before;
  }
  if (control.type === "select-multiple") {
    for (const option of control.options) {
      option.selected = values.includes(option.value);
    }
    return true;
  }
  if (["file", "hidden", "submit", "button"].includes(control.type) || control.value === (values[0] ?? "")) {
    return false;
  }
  control.value = values[0] ?? "";
  if (control.value) {
    // What was folded away has something in it now.
    control.closest("details")?.setAttribute("open", "");
  }
  return true;
}
