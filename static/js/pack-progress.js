// Follows the files that are being made, and shows the page anew when one is ready. Without this, a link does the same.

import { send } from "./requests.js";

const EVERY_MS = 2000;

async function look(place) {
  const answer = await send(place.dataset.progress);
  // The session ended, or it is gone: the page itself says which.
  if (answer?.status === 404 || (answer?.ok && (!answer.body.at_work || answer.body.has_stopped))) {
    location.reload();
    return;
  }
  if (answer?.ok) {
    const { is_waiting: isWaiting, done, of } = answer.body;
    const words = place.querySelector(".pack-progress");
    const text = isWaiting ? "Waiting for its turn." : "Being made.";
    if (words.textContent !== text) {
      words.textContent = text;
    }
    if (of) {
      const bar = place.querySelector("progress");
      bar.max = of;
      bar.value = done;
    }
  }
  setTimeout(look, EVERY_MS, place);
}

for (const place of document.querySelectorAll("[data-progress]")) {
  if (place.querySelector("progress")) {
    setTimeout(look, EVERY_MS, place);
  }
}
