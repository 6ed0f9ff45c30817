// Choosing several activities of a list: how many are ticked, and a box that ticks all of the page.
//
// The list may be replaced while somebody types in its search box, so everything is looked up when it happens.

const MANY = "activity";

/** Say how many are ticked, and keep what can be done with them in sight. */
function tell(form) {
  const boxes = [...form.querySelectorAll(`input[name="${MANY}"]`)];
  const ticked = boxes.filter((box) => box.checked).length;
  const all = form.elements.namedItem("all");
  form.classList.toggle("is-choosing", ticked > 0 || Boolean(all?.checked));
  const words = form.querySelector('[data-part="ticked"]');
  words.textContent = ticked ? `${ticked} ticked` : "";
  const page = form.querySelector('[data-part="page"]');
  page.checked = ticked === boxes.length;
  page.indeterminate = ticked > 0 && ticked < boxes.length;
}

function equip() {
  const form = document.getElementById("chosen");
  const part = form?.querySelector('[data-part="choose-page"]');
  if (part) {
    part.hidden = false;
    tell(form);
  }
}

document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("#chosen");
  if (!form) {
    return;
  }
  if (target.dataset.part === "page") {
    for (const box of form.querySelectorAll(`input[name="${MANY}"]`)) {
      box.checked = target.checked;
    }
  }
  tell(form);
});

equip();
addEventListener("pageshow", equip);
const results = document.getElementById("results");
if (results) {
  new MutationObserver(equip).observe(results, { childList: true });
}
