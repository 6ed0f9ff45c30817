// The form of an activity: when its kind or date changes, what it counts towards follows, as far as nobody has chosen.
//
// The server knows what to suggest, and what somebody has chosen otherwise. So the form is sent as its button "Suggest
// again for this kind" sends it, and only the part "Counts towards" of the answer takes the place of the one here.

import { fill } from "./chips.js";

const form = document.getElementById("activity-form");
const ADAPTED = "What this counts towards now fits the kind of activity.";

// What the part depends on. The participatory minutes change no place, only how it is called.
const FOLLOWED = new Set(["kind", "done_on", "participatory_minutes"]);

let asked = 0;
// Whether there is something to say when the answer comes, of all that was asked meanwhile.
let tells = false;

/** What stands in the form, as one text to compare. */
function words() {
  return new URLSearchParams(new FormData(form)).toString();
}

async function follow(isTold) {
  tells ||= isTold;
  const number = ++asked;
  const sent = words();
  const fresh = await suggested(`${sent}&suggest=untouched`);
  if (!fresh || number !== asked) {
    return;
  }
  if (words() !== sent) {
    // Something was typed meanwhile: it must not be overwritten.
    await follow(false);
    return;
  }
  replace(fresh);
}

/** @returns {Promise<Document | null>} null without an answer: the form then follows when it is saved. */
async function suggested(body) {
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  try {
    const response = await fetch(location.href, { method: "POST", body, headers, credentials: "same-origin" });
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  } catch {
    return null;
  }
}

function replace(fresh) {
  const there = document.getElementById("counts-towards");
  const next = fresh.getElementById("counts-towards");
  if (!there || !next) {
    return;
  }
  for (const opened of there.querySelectorAll("details[open][id]")) {
    next.querySelector(`#${opened.id}`)?.setAttribute("open", "");
  }
  const focused = there.contains(document.activeElement) ? document.activeElement.id : "";
  const spoken = there.querySelector('[role="status"]');
  next.querySelector('[role="status"]')?.replaceWith(spoken);
  there.replaceWith(next);
  form.elements.placed_for.value = fresh.querySelector('[name="placed_for"]').value;
  if (focused) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
  equip();
  spoken.textContent = tells ? ADAPTED : "";
  tells = false;
}

/** Fit the part to a browser with JavaScript: what happens by itself needs no button. */
function equip() {
  for (const part of form.querySelectorAll('[data-part="suggest-again"]')) {
    part.hidden = true;
  }
  const all = form.querySelector('[data-part="all-of-it"]');
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => fill(form.elements.participatory_minutes, form.elements.minutes.value));
  }
}

form.addEventListener("change", (event) => {
  if (FOLLOWED.has(event.target.name)) {
    follow(event.target.name === "kind" || event.target.name === "done_on");
  }
});
equip();
