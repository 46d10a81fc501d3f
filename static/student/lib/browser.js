// Finds out what this browser can do, and says in words what to do where it cannot.

import { keepSealed, opened } from "./store.js";

/** Says why this page cannot work here, and what to do instead; "" where all is well. */
export async function whatIsMissing() {
  if (!isSecureContext)
    return gettext("This page needs a secure address. Open it with https:// in front.");
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB || !AbortSignal.timeout) {
    return gettext(
      "This browser is too old. Update it, or use another one. Until then, ask your teacher to mark you.",
    );
  }
  try {
    await keepSealed("trial", "kept");
    if ((await opened("trial")) !== "kept") throw new Error("forgotten");
    return "";
  } catch {
    return gettext(
      "This browser cannot save anything, for example in a private window. Open the page in a normal window.",
    );
  }
}

/** What this phone is called in the list of phones, such as "Chrome on Android". */
export function deviceName() {
  const agent = navigator.userAgent;
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1] ?? gettext("unknown system");
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1] ?? gettext("Browser");
  return interpolate(gettext("%(browser)s on %(system)s"), { browser, system }, true);
}

/** @type {[RegExp, string][]}  The first that fits what the browser says of itself is taken. */
const SYSTEMS = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS/, "macOS"],
  [/Linux/, "Linux"],
];
/** @type {[RegExp, string][]}  The first that fits is taken, since Edge also names Chrome. */
const BROWSERS = [
  [/Firefox|FxiOS/, "Firefox"],
  [/SamsungBrowser/, "Samsung Internet"],
  [/Edg/, "Edge"],
  [/Chrome|CriOS/, "Chrome"],
  [/Safari/, "Safari"],
];
