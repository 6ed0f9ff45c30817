// Follows the work on an import, and shows what came of it as soon as it is over. Without this, a link does the same.

import { send } from "./requests.js";

const EVERY_MS = 2000;
const place = document.getElementById("import-progress");
const words = document.getElementById("progress-words");
const bar = place.querySelector("progress");

function show({ done, of, is_waiting: isWaiting }) {
  const number = (count) => count.toLocaleString("en-GB");
  let text = of ? `${number(done)} of ${number(of)} rows.` : `${number(done)} rows so far.`;
  if (isWaiting) {
    text = "Waiting for its turn.";
  }
  if (words.textContent !== text) {
    words.textContent = text;
  }
  if (of) {
    bar.max = of;
    bar.value = done;
  }
}

async function look() {
  const answer = await send(place.dataset.address);
  // The session ended, or the import is gone: the page itself says which.
  if (answer?.status === 404 || (answer?.ok && (!answer.body.at_work || answer.body.has_stopped))) {
    location.reload();
    return;
  }
  if (answer?.ok) {
    show(answer.body);
  }
  setTimeout(look, EVERY_MS);
}

if (bar) {
  setTimeout(look, EVERY_MS);
}
