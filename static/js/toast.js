// A short message at the bottom of the page, with what to do about it: at most a button and a link.

const region = document.getElementById("toast");
let timer = 0;

/**
 * Show `text`, and read it out (#toast is a live region). One message at a time: a new one takes the place of the last.
 *
 * @param {string} text
 * @param {{ action?: () => void, label?: string, link?: { href: string, text: string }, ms?: number }} [options]
 *   `action` runs when the button `label` is pressed; the message goes after `ms` milliseconds (default 6,000), but
 *   never while it has the focus or the pointer.
 */
export function toast(text, { action, label, link, ms = 6000 } = {}) {
  const box = document.createElement("div");
  box.className = "toast__box";
  const words = document.createElement("span");
  words.className = "toast__text";
  words.textContent = text;
  box.append(words);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = label ?? "Undo";
    button.addEventListener("click", () => {
      dismiss();
      action();
    });
    box.append(button);
  }
  if (link) {
    const anchor = document.createElement("a");
    anchor.className = "btn";
    anchor.href = link.href;
    anchor.textContent = link.text;
    box.append(anchor);
  }
  region.replaceChildren(box);
  clearTimeout(timer);
  timer = setTimeout(expire, ms);
}

function expire() {
  if (region.matches(":hover, :focus-within")) {
    timer = setTimeout(expire, 1000);
  } else {
    dismiss();
  }
}

function dismiss() {
  clearTimeout(timer);
  region.replaceChildren();
}
