// References of an article: put [3] into the text by a button, and hear at once when the text cites what is not there.
//
// The server says the same under "Ready to publish?" once the article is saved.

const group = document.getElementById("references-group");
// As articles/rendering.py reads them.
const CITATION = /\[(\d{1,3}(?:\s*[,–-]\s*\d{1,3})*)\]/g;
const LONGEST_RANGE = 10;
const HIGHEST_IN_RANGE = 99;

let editor = null;
let status = null;

function numbersOf(citation) {
  const numbers = [];
  for (const part of citation.split(",")) {
    const [first, last, ...more] = part.split(/[–-]/).map(Number);
    if (last === undefined) {
      numbers.push(first);
    } else if (!more.length && first < last && last <= Math.min(first + LONGEST_RANGE, HIGHEST_IN_RANGE)) {
      for (let number = first; number <= last; number++) {
        numbers.push(number);
      }
    } else {
      return [];
    }
  }
  return numbers;
}

function citedNumbers() {
  const text = editor.state.doc.textBetween(0, editor.state.doc.content.size, "\n", " ");
  return new Set([...text.matchAll(CITATION)].flatMap((match) => numbersOf(match[1])));
}

/** The rows that will be there after saving, with the numbers they will have. */
function rows() {
  const found = [];
  for (const row of group.querySelectorAll("tr.form-row:not(.empty-form)")) {
    const number = row.querySelector("[name$='-position']");
    const title = row.querySelector("[name$='-title']");
    const isGone = row.querySelector("[name$='-DELETE']")?.checked;
    if (number && title?.value.trim() && !isGone) {
      found.push({ row, title: title.value.trim(), number: Number(number.value) || 0, was: Number(number.defaultValue) || 0 });
    }
  }
  let following = Math.max(0, ...found.map((each) => each.number));
  for (const each of found) {
    each.number ||= ++following;
  }
  return found;
}

function check() {
  if (!editor) {
    return;
  }
  const cited = citedNumbers();
  const there = rows();
  const known = new Set(there.map((each) => each.number));
  const missing = [...cited].filter((number) => !known.has(number)).sort((one, other) => one - other);
  const moved = there.filter((each) => each.was && each.was !== each.number && cited.has(each.was) && known.has(each.was));
  const sentences = [
    ...missing.map((number) => `The text cites [${number}], but no reference has that number.`),
    ...moved.map((each) => `“${each.title}” was number ${each.was} and is now ${each.number}: the text’s [${each.was}] means another one now.`),
  ];
  const text = sentences.join(" ");
  if (status.textContent !== text) {
    status.textContent = text;
  }
}

function addButton(row) {
  const cell = row.querySelector(".field-position");
  if (!cell || cell.querySelector(".cite-button") || row.classList.contains("empty-form")) {
    return;
  }
  const button = Object.assign(document.createElement("button"), { type: "button", className: "cite-button", textContent: "Cite" });
  button.title = "Put its number into the text, where you were writing";
  button.addEventListener("click", () => {
    const found = rows().find((each) => each.row === row);
    if (!found) {
      status.textContent = "Write the reference’s title first.";
      return;
    }
    row.querySelector("[name$='-position']").value = found.number;
    editor?.chain().focus().insertContent(`[${found.number}]`).run();
  });
  cell.append(button);
}

if (group) {
  status = Object.assign(document.createElement("p"), { id: "citations", className: "help" });
  status.setAttribute("role", "status");
  group.prepend(status);
  group.querySelectorAll("tr.form-row").forEach(addButton);
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(check, 400);
  };
  document.addEventListener("prose-editor:ready", ({ detail }) => {
    if (detail.textarea.id === "id_body") {
      editor = detail.editor;
      editor.on("update", soon);
      soon();
    }
  });
  group.addEventListener("input", soon);
  group.addEventListener("change", soon);
  document.addEventListener("formset:added", ({ target }) => {
    if (group.contains(target)) {
      addButton(target);
    }
  });
  document.addEventListener("formset:removed", soon);
}
