// The form of an activity: when its kind or date changes, what it counts towards follows, as far as nobody has chosen.
//
// The server knows what to suggest, and what somebody has chosen otherwise. So the form is sent as its button "Suggest
// again for this kind" sends it, and only the part "Counts towards" of the answer takes the place of the one here.

const form = document.getElementById("activity-form");
const ADAPTED = "What this counts towards now fits the kind of activity.";

let asked = 0;

/** What stands in the form, as one text to compare. */
function words() {
  return new URLSearchParams(new FormData(form)).toString();
}

async function follow() {
  const number = ++asked;
  const sent = words();
  const fresh = await suggested(`${sent}&suggest=untouched`);
  if (!fresh || number !== asked) {
    return;
  }
  if (words() !== sent) {
    // Something was typed meanwhile: it must not be overwritten.
    await follow();
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
  spoken.textContent = ADAPTED;
}

for (const name of ["kind", "done_on"]) {
  form.elements[name].addEventListener("change", follow);
}
