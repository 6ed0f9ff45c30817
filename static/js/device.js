// What every page does for this device, after it has loaded: see that articles open without a connection, remember who
// reads here, and send what could not be sent. It costs no request while nothing waits.

const WORKER = "/sw.js";
const { signedIn, reader } = document.body.dataset;
const isSignedIn = signedIn !== undefined;
const SIGNING_OUT = "signing-out";
const ACTIVITY_PAGE = /^\/cpd\/activities\/[0-9a-f-]{36}\/$/;

if (document.readyState === "complete") {
  begin();
} else {
  addEventListener("load", begin, { once: true });
}
addEventListener("online", deliver);
addEventListener("pageshow", (event) => event.persisted && deliver());

async function begin() {
  await finishSigningOut();
  if (reader) {
    const { rememberReader, refreshRecent } = await import("./copies.js");
    await rememberReader(reader);
    await deliver();
    if (location.pathname.startsWith("/cpd/")) {
      await refreshRecent(reader, { isChanged: ACTIVITY_PAGE.test(location.pathname) });
    }
  } else {
    await deliver();
  }
  await register();
}

/** The server asks the browser to empty this device's storage at signing out; on plain http browsers do not listen. */
async function finishSigningOut() {
  if (isSignedIn || !isMarked()) {
    return;
  }
  const { emptyDevice } = await import("./device-store.js");
  await emptyDevice();
  sessionStorage.removeItem(SIGNING_OUT);
}

function isMarked() {
  try {
    return sessionStorage.getItem(SIGNING_OUT) !== null;
  } catch {
    return false;
  }
}

async function deliver() {
  if (!isSignedIn) {
    return;
  }
  const { deliverAll } = await import("./deliver.js");
  await deliverAll({ reader });
}

async function register() {
  const workers = navigator.serviceWorker;
  if (!workers) {
    return;
  }
  // A page that came before the worker did was not seen by it.
  const wasSeen = workers.controller !== null;
  try {
    await workers.register(WORKER);
    if (!wasSeen && document.getElementById("article")) {
      const pictures = [...document.images].map((image) => new URL(image.currentSrc || image.src).pathname);
      (await workers.ready).active.postMessage({ keep: [location.pathname, ...pictures] });
    }
  } catch {
    // Refused, as in some private windows: then there is no reading offline.
  }
}
