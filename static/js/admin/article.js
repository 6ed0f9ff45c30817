// What the article's form says while somebody types. Everything here is also said by the server once they save.

const lengths = document.querySelectorAll("#desk-length, #length");
const bar = document.getElementById("desk-bar");
const publish = document.getElementById("publish");
const WORD = /[\p{L}\p{N}_][\p{L}\p{N}_'’.-]*/gu;

// The editing area has no name of its own for a screen reader; it takes that of its label.
document.addEventListener("prose-editor:ready", (event) => {
  const { editor, textarea } = event.detail;
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  editor.view.dom.setAttribute("aria-label", label ? label.textContent.replace(/:\s*$/, "") : "Text");
  // Links to the field ("Write the text.") arrive where one can type.
  textarea.addEventListener("focus", () => editor.commands.focus());
  editor.on("update", () => showLength(editor));
  // What came back from the server with its faults has words, too.
  if (!editor.isEmpty) {
    showLength(editor);
  }
  const frame = editor.view.dom.closest(".prose-editor");
  // The toolbar and the dialogues are drawn when they are drawn.
  new MutationObserver(() => {
    nameMenus(frame);
    explainPictures(frame);
  }).observe(frame, { childList: true, subtree: true });
  nameMenus(frame);
});

// The toolbar has no name of its own, nor do its menus; each shows as a button what is chosen in it.
function nameMenus(frame) {
  const toolbar = frame.querySelector(".prose-menubar:not(.prose-menubar--floating)");
  if (!toolbar || toolbar.getAttribute("role")) {
    return;
  }
  toolbar.setAttribute("role", "toolbar");
  toolbar.setAttribute("aria-label", "Formatting");
  const names = ["Kind of paragraph"];
  toolbar.querySelectorAll(".prose-menubar__selected").forEach((menu, place) => {
    menu.setAttribute("role", "group");
    menu.setAttribute("aria-label", names[place] ?? "More");
    menu.addEventListener("click", (event) => {
      // By the keyboard: go on in the menu that opened.
      if (event.detail === 0) {
        menu.parentElement.querySelector(".prose-menubar__option:not(.hidden)")?.focus();
      }
    });
  });
}

// Alternative text belongs to the picture in the library, where it cannot be forgotten; an article may have its own.
function explainPictures(frame) {
  const box = frame.querySelector("dialog input[name='altText']");
  if (!box || box.dataset.explained) {
    return;
  }
  box.dataset.explained = "yes";
  const hint = Object.assign(document.createElement("p"), { id: `${box.id}-hint`, className: "help" });
  hint.textContent =
    "Choose the picture with “Browse”: its alternative text comes along. Left empty, readers hear what the library says; only for a picture marked decorative there, nothing.";
  box.setAttribute("aria-describedby", hint.id);
  box.before(hint);
}

function showLength(editor) {
  const words = (editor.state.doc.textBetween(0, editor.state.doc.content.size, " ", " ").match(WORD) ?? []).length;
  const minutes = Math.max(1, Math.ceil(words / Number(bar.dataset.wordsPerMinute)));
  for (const length of lengths) {
    length.textContent = words ? `${words} ${words === 1 ? "word" : "words"}, about ${minutes} min to read.` : "No words yet.";
  }
}

// The box that searches for authors is drawn by a script that gives it no name.
function nameSearchBoxes() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    for (const part of select.parentElement.querySelectorAll("[role='combobox'], [role='textbox']")) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", select.getAttribute("aria-label"));
    }
  }
}

// jQuery draws the first boxes just after the page is read, and one for each row that is added.
document.addEventListener("DOMContentLoaded", () => setTimeout(nameSearchBoxes));
window.addEventListener("load", nameSearchBoxes);
document.addEventListener("formset:added", () => setTimeout(nameSearchBoxes));

// A heading with nothing in it is read out as a heading with nothing in it.
for (const heading of document.querySelectorAll("th.original:empty")) {
  const cell = document.createElement("td");
  cell.className = heading.className;
  heading.replaceWith(cell);
}

// The button says what it will do with the date that is typed.
const day = document.getElementById("id_publish_at_0");
const time = document.getElementById("id_publish_at_1");

function nameButton() {
  const [date, month, year] = (day.value.match(/^\d{4}-\d\d-\d\d$/) ? day.value.split("-").reverse() : day.value.split("/"));
  const chosen = new Date(`${year}-${month}-${date}T${time.value || "00:00"}`);
  publish.value = chosen > new Date() ? publish.dataset.later : publish.dataset.now;
}

if (publish?.dataset.later && day && time) {
  for (const box of [day, time]) {
    box.addEventListener("input", nameButton);
    box.addEventListener("change", nameButton);
    box.addEventListener("focus", nameButton);
  }
}
