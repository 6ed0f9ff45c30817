// Says whether a PDF is the one that was issued as a certificate. It is compared on this device and sent nowhere; a
// browser that cannot work out a hash (without HTTPS) sends it by the form, as one without script does.

const IS = ["This is the file issued.", "Not one byte of it was changed. It was compared on this device."];
const IS_NOT = [
  "This is not the file issued.",
  "It was changed, or saved anew, or it is another file. Rely on the fields above, not on the file.",
];

function equip(section) {
  const form = section.querySelector("form");
  const field = form.querySelector("input[type=file]");
  const answer = section.querySelector("[data-part=answer]");
  const issued = new Set(section.dataset.checkFile.split(" ").filter(Boolean));

  const compare = async (file) => {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const is = issued.has(sha256);
    const [said, why] = is ? IS : IS_NOT;
    const strong = document.createElement("strong");
    strong.textContent = said;
    answer.replaceChildren(strong, ` ${why}`);
    answer.classList.toggle("note--ok", is);
    answer.classList.toggle("note--danger", !is);
    answer.hidden = false;
  };

  form.addEventListener("submit", (event) => {
    if (!field.files.length) return;
    event.preventDefault();
    // A file that has gone meanwhile cannot be read: the form's own way says so.
    compare(field.files[0]).catch(() => form.submit());
  });
  // What was said of one file must not stand beside another.
  field.addEventListener("change", () => {
    answer.hidden = true;
    if (field.files.length) form.requestSubmit();
  });
  section.addEventListener("dragover", (event) => {
    event.preventDefault();
    section.classList.add("is-over");
  });
  section.addEventListener("dragleave", () => section.classList.remove("is-over"));
  section.addEventListener("drop", (event) => {
    event.preventDefault();
    section.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    field.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}

if (globalThis.crypto?.subtle) {
  document.querySelectorAll("[data-check-file]").forEach(equip);
}
