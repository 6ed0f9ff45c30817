// Where a reader left an article, and the way back there. Loaded only when the server knows such a place.
//
// A place is a chapter's anchor and thousandths of a block after its heading, so it holds whatever the size of the text
// and of the screen (reading-timer.js notes it, cpd/models/reading.py keeps it).

import { READING_LINE } from "./reading-clock.js";

/** Go to where the reader left, and put the focus there. */
export function goTo(place, blocks, { smoothly }) {
  const block = blockOf(place, blocks);
  if (!block) {
    return;
  }
  const box = block.getBoundingClientRect();
  const within = ((place.thousandths % 1000) / 1000) * box.height;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  window.scrollTo({ top: scrollY + box.top + within - innerHeight * READING_LINE, behavior: smoothly && !isCalm ? "smooth" : "instant" });
  block.tabIndex = -1;
  block.classList.add("is-place");
  block.focus({ preventScroll: true });
}

/** Say in `region` where the reader left, with a link there. It goes when it is used, dismissed, or needed no more. */
export function offer(place, blocks, region) {
  const block = blockOf(place, blocks);
  if (!block) {
    return;
  }
  const heading = place.section ? document.getElementById(place.section).textContent.trim() : "";
  const link = document.createElement("a");
  link.href = `#${place.section || "article"}`;
  link.textContent = heading ? `Carry on where you left: ${heading}` : "Carry on where you left";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn--text";
  close.textContent = "Dismiss";
  region.replaceChildren(link, close);
  const watcher = new IntersectionObserver(([entry]) => entry.isIntersecting && done());
  const done = () => {
    watcher.disconnect();
    region.replaceChildren();
  };
  watcher.observe(block);
  close.addEventListener("click", done);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    done();
    goTo(place, blocks, { smoothly: true });
  });
}

/** The block in which a place is; undefined when the text has changed so that there is no such chapter. */
function blockOf({ section, thousandths }, blocks) {
  const start = section ? blocks.findIndex((block) => block.id === section) : 0;
  return start < 0 ? undefined : blocks[Math.min(start + Math.floor(thousandths / 1000), blocks.length - 1)];
}
