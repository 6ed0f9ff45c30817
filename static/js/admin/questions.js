// The questions of an article: a statement that is true or false needs no answers of its own, so their boxes step aside.
// Boxes with something in them stay, for the author to clear.

const TRUE_FALSE = "true-false";

function arrange(question) {
  const kind = question.querySelector("select[name$='-kind']");
  if (!kind) return;
  const isStatement = kind.value === TRUE_FALSE;
  for (const box of question.querySelectorAll("input[name*='-answer_']")) {
    box.closest(".form-row").hidden = isStatement && !box.value;
  }
}

const group = document.getElementById("questions-group");
if (group) {
  group.querySelectorAll(".inline-related").forEach(arrange);
  group.addEventListener("change", (event) => arrange(event.target.closest(".inline-related")));
}
