// Copies words of the page with one press, where the browser lets us; otherwise they are there to be selected.

import { toast } from "./toast.js";

for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent.trim());
      toast("Copied.");
    } catch {
      toast("Your browser did not let us copy it. Select the words instead.");
    }
  });
}
