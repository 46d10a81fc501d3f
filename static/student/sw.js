// Keeps the shell of the page, so that the page opens without a network. It keeps no answer of the
// API and no code: whatever is not on the list goes to the network untouched.
//
// The server puts SHELL (addresses) and VERSION (a digest of what they hold) in front of this.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const CACHE = `shell-${VERSION}`;

/**
 * A request to the server itself: what the browser kept of a file may be older than the list.
 * @param {string} address
 */
const fresh = (address) => new Request(address, { cache: "reload" });

worker.addEventListener("install", (event) => event.waitUntil(keepShell()));

async function keepShell() {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.map(fresh));
  await worker.skipWaiting();
}

worker.addEventListener("activate", (event) => event.waitUntil(dropOldShells()));

async function dropOldShells() {
  const old = (await caches.keys()).filter((name) => name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

worker.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin || !SHELL.includes(pathname)) return;
  event.respondWith(kept(event.request, pathname));
});

/**
 * @param {Request} request
 * @param {string} address  The request's path, which is on the list.
 */
async function kept(request, address) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) ?? fetch(request);
}
