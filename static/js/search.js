// Results change while somebody types. Without this the form works by its button.

const PAUSE_MS = 300;
const form = document.getElementById("search");
const box = form?.elements.namedItem("q");
const results = document.getElementById("results");
// Some lists show everything as long as nothing is asked for.
const showsAll = form?.hasAttribute("data-shows-all");
let waiting = 0;
let underWay = null;
// The first change of the address is a step for the Back button; what is typed after it replaces it.
let hasStep = new URLSearchParams(location.search).has("q");

function address() {
  const url = new URL(form.action);
  const asked = [...new FormData(form)].filter(([, value]) => value !== "");
  url.search = new URLSearchParams(asked).toString();
  return url;
}

// Put the results of `url` into this page. Resolves to false where the answer cannot be used.
async function show(url) {
  underWay?.abort();
  underWay = new AbortController();
  const response = await fetch(url, { signal: underWay.signal, headers: { Accept: "text/html" } });
  if (!response.ok) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("results");
  if (!fresh) return false;
  const wasOpen = results.querySelector("details.filters")?.open;
  results.replaceChildren(...fresh.childNodes);
  const filters = results.querySelector("details.filters");
  if (wasOpen && filters) filters.open = true;
  document.title = page.title;
  return true;
}

async function search() {
  const url = address();
  const isNothing = box.value.trim() === "" && !showsAll;
  if (isNothing || url.href === location.href) return;
  try {
    if (!(await show(url))) return;
  } catch {
    return; // No network, or something newer was typed: what is shown stays, and the button still works.
  }
  if (hasStep) {
    history.replaceState(null, "", url);
  } else {
    history.pushState(null, "", url);
    hasStep = true;
  }
}

if (form && results) {
  box.addEventListener("input", (event) => {
    clearTimeout(waiting);
    // Halfway through a sign that takes several keys there is nothing to look for yet.
    if (!event.isComposing) waiting = setTimeout(search, PAUSE_MS);
  });
  form.addEventListener("change", (event) => {
    if (event.target !== box) search();
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    underWay?.abort();
  });
  // Back to before the search, or forward to it: the server knows best what stands there.
  addEventListener("popstate", () => location.reload());
}
