// Keeps on this phone two keys that cannot be read out, and what is sealed with one of them.
//
// Nothing readable is stored. The refresh token and a check-in that could not be sent lie here
// as ciphertext; the key that opens them is a CryptoKey that the browser never hands out.

const NAME = "attendance";
const TABLE = "kept";

/** @typedef {{ iv: Uint8Array<ArrayBuffer>, data: ArrayBuffer }} Sealed */

/** @type {Promise<IDBDatabase> | null} */
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

/**
 * @template Result
 * @param {IDBTransactionMode} mode
 * @param {(table: IDBObjectStore) => IDBRequest<Result>} action
 * @returns {Promise<Result>}
 */
async function run(mode, action) {
  const table = (await open()).transaction(TABLE, mode).objectStore(TABLE);
  const request = action(table);
  return new Promise((resolve, reject) => {
    table.transaction.oncomplete = () => resolve(request.result);
    table.transaction.onabort = () => reject(table.transaction.error);
  });
}

/** @param {string} name */
const get = (name) => run("readonly", (table) => table.get(name));

/**
 * @param {string} name
 * @param {Sealed} value
 */
const put = (name, value) => run("readwrite", (table) => table.put(value, name));

/**
 * The names that begin with the prefix, of all that is kept.
 * @param {string} prefix
 * @returns {Promise<string[]>}
 */
export async function namesOf(prefix) {
  const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  const names = await run("readonly", (table) => table.getAllKeys(range));
  return names.map(String);
}

/**
 * Forgets what was kept under the name. It is no error where nothing was.
 * @param {string} name
 */
export const forget = (name) => run("readwrite", (table) => table.delete(name));

/**
 * Gives the value under the name. Where there is none, one is made and kept. If several pages make one
 * at the same moment, all of them get the first.
 * @template Value
 * @param {string} name
 * @param {() => Promise<Value>} make
 * @returns {Promise<Value>}
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

/**
 * Keeps a value that JSON can hold, sealed.
 * @param {string} name
 * @param {unknown} value
 */
export async function keepSealed(name, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await sealingKey(), plain);
  await put(name, { iv, data });
}

/**
 * Opens what was sealed under the name; null where there is nothing, or nothing that still opens.
 * @param {string} name
 * @returns {Promise<unknown>}  The value as it was sealed. Its type follows from the name.
 */
export async function opened(name) {
  const sealed = await get(name);
  if (!sealed) return null;
  try {
    const cipher = { name: "AES-GCM", iv: sealed.iv };
    const plain = await crypto.subtle.decrypt(cipher, await sealingKey(), sealed.data);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}
