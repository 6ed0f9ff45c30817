// The service worker: what opens without a connection. /sw.js loads it and says in BUILT what this build is made of.
//
// It keeps two kinds of things, and nothing that is anybody's: files of ours, and articles that were opened here. An
// article's page is the same for all who are signed in; what is personal about it comes by a request of its own, which
// is never kept. Whatever else cannot be fetched is answered with the offline page. The desk is left alone.

/* global BUILT */

const FILES = `files-${BUILT.build}`;
const ARTICLES = "articles";
const PICTURES = "pictures";
const OURS = /^\/static\/(css|fonts|img|js)\//;
const PICTURE = /^\/articles\/images\//;
// A file with such a name never changes. While working on the site, files have none.
const NAMED_BY_CONTENT = /\.[0-9a-f]{12}\.[a-z0-9]+$/;
const MOST_ARTICLES = 50;
const MOST_PICTURES = 200;

self.addEventListener("install", (event) => {
  event.waitUntil(keepFiles().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(begin());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || pathname.startsWith("/admin/")) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(page(event, pathname));
  } else if (OURS.test(pathname)) {
    event.respondWith(file(event, pathname));
  } else if (PICTURE.test(pathname)) {
    event.respondWith(picture(event));
  }
});

// A page that was opened before this worker was there asks to be kept, with its pictures.
self.addEventListener("message", (event) => {
  if (event.data?.keep) {
    event.waitUntil(keepOpened(event.data.keep));
  }
});

async function keepFiles() {
  const cache = await caches.open(FILES);
  await cache.addAll([...BUILT.files, BUILT.offline]);
}

async function begin() {
  for (const name of await caches.keys()) {
    if (name.startsWith("files-") && name !== FILES) {
      await caches.delete(name);
    }
  }
  // The browser asks for the page while this worker wakes up.
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function page(event, pathname) {
  try {
    const response = (await event.preloadResponse) ?? (await fetch(event.request));
    if (response.status >= 500) {
      // The server is down, or a proxy says so: an article that is here is a better answer.
      return (await copyOf(pathname)) ?? response;
    }
    event.waitUntil(noteArticle(pathname, response.status, mayBeKept(response) ? response.clone() : null));
    return response;
  } catch (error) {
    const copy = (await copyOf(pathname)) ?? (await kept(FILES, BUILT.offline));
    if (copy) {
      return copy;
    }
    throw error;
  }
}

function mayBeKept(response) {
  return response.ok && !response.redirected && response.headers.get("Offline-Copy") === "article";
}

async function noteArticle(pathname, status, copy) {
  if (copy) {
    await keep(ARTICLES, pathname, copy, MOST_ARTICLES);
  } else if (status === 404 || status === 410) {
    // It was taken down: here too.
    await (await caches.open(ARTICLES)).delete(pathname);
  }
}

async function keepOpened([pathname, ...pictures]) {
  const response = await fetch(pathname, { credentials: "same-origin" });
  if (mayBeKept(response)) {
    await keep(ARTICLES, pathname, response, MOST_ARTICLES);
    for (const address of pictures.filter((each) => PICTURE.test(each))) {
      await keep(PICTURES, address, await fetch(address), MOST_PICTURES);
    }
  }
}

async function file(event, pathname) {
  const copy = await kept(FILES, event.request);
  if (copy && NAMED_BY_CONTENT.test(pathname)) {
    return copy;
  }
  try {
    const response = await fetch(event.request);
    if (response.ok) {
      event.waitUntil(keep(FILES, event.request, response.clone()));
    }
    return response;
  } catch (error) {
    if (copy) {
      return copy;
    }
    throw error;
  }
}

async function picture(event) {
  const copy = await kept(PICTURES, event.request);
  if (copy) {
    return copy;
  }
  const response = await fetch(event.request);
  if (response.ok) {
    event.waitUntil(keep(PICTURES, event.request, response.clone(), MOST_PICTURES));
  }
  return response;
}

// --- The caches: may be full or refused, and then things are only missing offline ---

function copyOf(pathname) {
  return kept(ARTICLES, pathname);
}

async function kept(name, address) {
  try {
    return await (await caches.open(name)).match(address, { ignoreVary: true });
  } catch {
    return undefined;
  }
}

/** Keep an answer, as the newest; above `most`, the oldest goes. */
async function keep(name, address, response, most) {
  try {
    const cache = await caches.open(name);
    await cache.delete(address, { ignoreVary: true });
    await cache.put(address, response);
    const keys = most ? await cache.keys() : [];
    for (const oldest of keys.slice(0, Math.max(0, keys.length - most))) {
      await cache.delete(oldest);
    }
  } catch {
    // No room.
  }
}
