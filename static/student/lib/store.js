// What this phone keeps: two keys that cannot be read out, and what is sealed with one of them.
//
// Nothing readable is stored. The refresh token and a check-in that could not be sent lie here
// as ciphertext; the key that opens them is a CryptoKey that the browser never hands out.

const NAME = "attendance";
const TABLE = "kept";

let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function run(mode, action) {
  const table = (await open()).transaction(TABLE, mode).objectStore(TABLE);
  const request = action(table);
  return new Promise((resolve, reject) => {
    table.transaction.oncomplete = () => resolve(request.result);
    table.transaction.onabort = () => reject(table.transaction.error);
  });
}

const get = (name) => run("readonly", (table) => table.get(name));
const put = (name, value) => run("readwrite", (table) => table.put(value, name));

/** The names that begin so, of all that is kept. */
export const namesOf = (prefix) =>
  run("readonly", (table) => table.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));

/** Forget what was kept under the name; nothing there is no error. */
export const forget = (name) => run("readwrite", (table) => table.delete(name));

/**
 * The value under the name, made and kept if there is none. Of several pages that make one at
 * the same moment all get the first.
 */
export async function kept(name, make) {
  const known = await get(name);
  if (known) return known;
  const fresh = await make();
  try {
    await run("readwrite", (table) => table.add(fresh, name));
    return fresh;
  } catch {
    return get(name);
  }
}

const sealingKey = () =>
  kept("sealing-key", () =>
    crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
  );

/** Keep a value that JSON can hold, sealed. */
export async function keepSealed(name, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await sealingKey(), plain);
  await put(name, { iv, data });
}

/** What was sealed under the name; null where there is nothing, or nothing that still opens. */
export async function opened(name) {
  const sealed = await get(name);
  if (!sealed) return null;
  try {
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: sealed.iv },
      await sealingKey(),
      sealed.data,
    );
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}
