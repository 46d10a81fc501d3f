// Keeps the shell of the page, so that it opens without a network. Never an answer of the API,
// never a code: whatever is not on the list goes to the network untouched.
//
// The server puts SHELL (addresses) and VERSION (of what they hold) in front of this.

const CACHE = `shell-${VERSION}`;

// From the server itself: what the browser kept of a file may be older than the list.
const fresh = (address) => new Request(address, { cache: "reload" });

addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(SHELL.map(fresh)))
      .then(() => self.skipWaiting()),
  );
});

addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name !== CACHE));
  event.waitUntil(
    old
      .then((names) => Promise.all(names.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (
    event.request.method !== "GET" ||
    url.origin !== location.origin ||
    !SHELL.includes(url.pathname)
  )
    return;
  event.respondWith(
    caches
      .open(CACHE)
      .then(async (cache) => (await cache.match(url.pathname)) ?? fetch(event.request)),
  );
});
