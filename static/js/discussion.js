// Who is there, while a discussion goes on: asked for every few seconds as long as somebody looks at the page.
//
// When it has ended, the page is opened anew, for it then asks for something; not while somebody types into it.

const EVERY_MS = 5_000;

class LivePeople {
  /** @param {HTMLElement} part holds the list and the address that is asked. */
  constructor(part) {
    this.part = part;
    this.list = part.querySelector("[data-people]");
    this.tag = "";
    this.shown = "";
  }

  start() {
    setInterval(() => this.ask(), EVERY_MS);
    document.addEventListener("visibilitychange", () => this.ask());
  }

  async ask() {
    if (document.hidden || this.isAsking) {
      return;
    }
    this.isAsking = true;
    try {
      const headers = { Accept: "application/json", ...(this.tag && { "If-None-Match": this.tag }) };
      const response = await fetch(this.part.dataset.live, { headers, credentials: "same-origin", cache: "no-store" });
      // Anything else (304, a login, a captive portal) is no news.
      if (response.status === 200 && response.headers.get("Content-Type")?.includes("json")) {
        this.tag = response.headers.get("ETag") ?? "";
        this.show(await response.json());
      }
    } catch {
      // Without a connection the list stays as it is; the next time asks again.
    } finally {
      this.isAsking = false;
    }
  }

  show({ is_going_on: isGoingOn, people }) {
    if (!isGoingOn && !isTyping()) {
      location.reload();
      return;
    }
    const signature = JSON.stringify(people);
    if (signature !== this.shown) {
      this.shown = signature;
      this.list.replaceChildren(...people.map(row));
    }
  }
}

function isTyping() {
  return [...document.querySelectorAll("textarea")].some((box) => box.value.trim() !== "");
}

function row({ name, state, is_me: isMe, is_host: isHost }) {
  const item = document.createElement("li");
  item.className = "entry";
  const who = document.createElement("span");
  const bold = document.createElement("b");
  bold.textContent = name;
  who.append(bold, isMe ? " (you)" : "");
  const meta = document.createElement("p");
  meta.className = "meta";
  for (const words of [state, ...(isHost ? ["began it"] : [])]) {
    const part = document.createElement("span");
    part.textContent = words;
    meta.append(part);
  }
  item.append(who, meta);
  return item;
}

for (const part of document.querySelectorAll("[data-live]")) {
  new LivePeople(part).start();
}
