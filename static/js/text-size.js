// The size of an article's text, changed in place. Loaded at the first press; without it the buttons send their form.

import { send } from "./requests.js";

/** Show the text in a button's size, and have the server remember it on this device. */
export async function choose(button) {
  const size = button.value;
  if (size === "usual") {
    delete document.documentElement.dataset.textSize;
  } else {
    document.documentElement.dataset.textSize = size;
  }
  for (const other of button.form.querySelectorAll("[name=size]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  await send(button.form.action, { form: { size } });
}
