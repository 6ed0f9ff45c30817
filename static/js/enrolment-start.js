// Choosing a profession or a country draws the list of frameworks again, without leaving the page. Without this module
// the button "Show what fits" does the same.

const form = document.getElementById("enrolment-start");
const show = form?.querySelector("button[name=show]");
let asked = 0;

async function draw() {
  const mine = (asked += 1);
  const body = new FormData(form);
  body.set("show", "1");
  let page;
  try {
    const response = await fetch(location.href, { method: "POST", body, credentials: "same-origin" });
    if (!response.ok || response.redirected) {
      throw new TypeError("Not the list.");
    }
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    // Offline, or logged out meanwhile: the button still works, and says so.
    show.hidden = false;
    return;
  }
  const list = page.getElementById("frameworks");
  if (mine !== asked || !list) {
    return;
  }
  form.querySelector("#frameworks > .field").replaceWith(list.querySelector(".field"));
  const fitting = form.querySelectorAll("#frameworks fieldset > .offer").length;
  document.getElementById("frameworks-status").textContent =
    fitting === 1 ? "1 framework fits what you chose." : `${fitting} frameworks fit what you chose.`;
}

if (show) {
  show.hidden = true;
  for (const select of form.querySelectorAll("select")) {
    select.addEventListener("change", draw);
  }
}
