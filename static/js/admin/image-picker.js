// The editor's picture dialogue opens the library in a small window and waits to be called with what was chosen.
// The way of calling is CKEditor's, which the editor imitates.

const waiting = new URLSearchParams(window.location.search).get("CKEditorFuncNum");

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-address]");
  if (!button) {
    return;
  }
  const { address, alternativeText, caption } = button.dataset;
  window.opener?.CKEDITOR?.tools?.callFunction(waiting, address, { alternative_text: alternativeText, caption });
  window.close();
});
