// A button that copies what is in a box. Without this the box can be selected and copied by hand.

for (const button of document.querySelectorAll("[data-copy]")) {
  const box = document.getElementById(button.dataset.copy);
  button.hidden = !navigator.clipboard;
  box.addEventListener("focus", () => box.select());
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(box.value);
      button.textContent = button.dataset.copied;
    } catch {
      box.select();
    }
  });
}
