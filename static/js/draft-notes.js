// The small notes over a form: what was found of earlier words, and what to do about it.

/** Add a note with some text, to which buttons and links can be appended. */
export function noteIn(box, text) {
  const note = document.createElement("div");
  note.className = "note row between narrow";
  note.setAttribute("role", "status");
  const words = document.createElement("p");
  words.textContent = text;
  note.append(words);
  box.append(note);
  return note;
}

export function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn--quiet";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

export function link(text, href) {
  const made = document.createElement("a");
  made.className = "btn btn--quiet";
  made.href = href;
  made.textContent = text;
  return made;
}

/** "14:03:22" */
export function clock(date = new Date()) {
  return date.toLocaleTimeString("en-GB");
}

/** "on 23 November at 14:03" */
export function when(ms) {
  const date = new Date(ms);
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  return `on ${day} at ${date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}
