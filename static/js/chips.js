// Short choices that fill a field; the one that says what stands in it is pressed. They are hidden until this shows them.

export function fill(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function equip(chips) {
  const field = document.getElementById(chips.dataset.fills);
  const buttons = [...chips.querySelectorAll("button")];
  const mark = () => {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.value === field.value));
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => fill(field, button.value));
  }
  field.addEventListener("input", mark);
  mark();
  chips.hidden = false;
}

document.querySelectorAll("[data-fills]").forEach(equip);
