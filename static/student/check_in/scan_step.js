// Does step 1: it takes the code of the live page by the camera, or the short code as it is typed.

import { serverNow } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import {
  controls,
  NoCamera,
  nextPicture,
  openCamera,
  visible,
  wasHidden,
  whileVisible,
} from "./camera.js";
import { Collection, readCode } from "./codes.js";
import { makeReader } from "./reader.js";

/** @import { Camera } from "./camera.js" */
/** @import { Reader } from "./reader.js" */
/** @import { Screen } from "./screen.js" */

/**
 * What this step ends with: the texts of the codes that the camera read, or the digits that were typed.
 * @typedef {{ tokens: string[], digits?: undefined } | { digits: string, tokens?: undefined }} Gathered
 */

const DIGITS = 6; // of a short code
const LOST_AFTER_MS = 12_000; // so long without a new code, and a hint is shown
const FRESH_S = 3; // a code that left the screen longer ago would be too old by the time the next one is read

/**
 * Gathers codes by the camera, or takes the digits that the person types.
 * @param {Screen} screen
 * @param {Api.Session} session
 * @param {string} arrived  A code that the phone's own camera app opened, or "".
 * @param {AbortSignal} signal
 * @returns {Promise<Gathered>}
 */
export async function gatherCodes(screen, session, arrived, signal) {
  const codes = new Collection({ needed: session.qr_slots_needed, slotS: session.qr_slot_s });
  const first = readCode(arrived);
  if (first && serverNow() - first.slot * codes.slotS < codes.slotS + FRESH_S) codes.add(first);
  if (codes.enough) return { tokens: codes.tokens };
  for (;;) {
    const how = await byCamera(screen, codes, signal);
    if (how !== "type") return how;
    const digits = await byHand(screen, signal);
    if (digits) return { digits };
  }
}

/**
 * @param {Screen} screen
 * @param {Collection} codes
 * @param {AbortSignal} signal
 * @returns {Promise<Gathered | "type">}  "type" where the person would rather type the short code.
 */
async function byCamera(screen, codes, signal) {
  for (;;) {
    const own = whileVisible(signal);
    try {
      return await watch(screen, codes, own.signal);
    } catch (error) {
      if (wasHidden(error)) {
        await visible(signal);
      } else if (error instanceof NoCamera) {
        const chosen = await withoutCamera(screen, error, signal);
        if (chosen === "type") return chosen;
      } else {
        throw error;
      }
    } finally {
      own.end();
    }
  }
}

/**
 * @param {Screen} screen
 * @param {NoCamera} error
 * @param {AbortSignal} signal
 * @returns {Promise<"type" | "again">}
 */
async function withoutCamera(screen, error, signal) {
  screen.sayNoCamera(error.message);
  return screen.ask(
    signal,
    [gettext("Type the short code"), "type"],
    [gettext("Try the camera again"), "again", "quiet large"],
  );
}

/**
 * @param {Screen} screen
 * @param {Collection} codes
 * @param {AbortSignal} signal
 * @returns {Promise<Gathered | "type">}
 */
async function watch(screen, codes, signal) {
  screen.show("filming");
  screen.say(gettext("Opening the camera …"));
  /** @type {Promise<"type">} */
  const typing = new Promise((resolve) => screen.offer(typeButton(() => resolve("type"))));
  const camera = await Promise.race([openCamera("environment", signal), typing]);
  if (camera === "type") return camera;
  const reader = await makeReader();
  try {
    screen.show("filming", camera.video, h("span", { class: "finder", "aria-hidden": "true" }));
    screen.actions.prepend(...controls(camera.track));
    tell(screen, codes);
    return await Promise.race([readOn(screen, codes, camera, reader, signal), typing]);
  } finally {
    reader.close();
    camera.close();
  }
}

/** @param {() => void} then */
const typeButton = (then) =>
  h("button", { type: "button", class: "quiet", onclick: then }, gettext("Type the short code"));

/**
 * @param {Screen} screen
 * @param {Collection} codes
 * @param {Camera} camera
 * @param {Reader} reader
 * @param {AbortSignal} signal
 * @returns {Promise<Gathered>}
 */
async function readOn(screen, codes, { video, track }, reader, signal) {
  let newest = performance.now();
  for (;;) {
    await nextPicture(video, signal);
    if (track.readyState === "ended") {
      throw new NoCamera(
        gettext("The camera stopped. Close other apps that use it, then try again."),
      );
    }
    const texts = video.videoWidth ? await reader.read(video) : [];
    signal.throwIfAborted();
    const fresh = texts.map(readCode).filter((code) => code && codes.add(code));
    if (codes.enough) return { tokens: codes.tokens };
    if (fresh.length) {
      newest = performance.now();
      navigator.vibrate?.(40);
      tell(screen, codes);
    } else if (performance.now() - newest > LOST_AFTER_MS) {
      tell(screen, codes, texts.length > 0);
      newest = performance.now();
    }
  }
}

/**
 * Says what to do, and how many of the codes were read.
 * @param {Screen} screen
 * @param {Collection} codes
 * @param {boolean} [strange]  Given after a long time without a code of this system: whether other
 *   codes were seen.
 */
function tell(screen, codes, strange) {
  const { count, needed } = codes;
  const read = fill(gettext("%(count)s of %(needed)s read."), { count, needed });
  const hint = strange === undefined ? gettext("Keep the code in view.") : lostHint(strange);
  screen.say(gettext("Point at the code"), `${hint} ${read}`);
}

/** @param {boolean} strange */
const lostHint = (strange) =>
  strange
    ? gettext("That is a different code. Point at the one on your teacher's screen.")
    : gettext("Not working? Move closer, zoom in, or type the short code.");

/**
 * @param {Screen} screen
 * @param {AbortSignal} signal
 * @returns {Promise<string>}  The digits; "" where the person goes back to the camera.
 */
async function byHand(screen, signal) {
  const field = h("input", {
    id: "short-code",
    inputmode: "numeric",
    autocomplete: "off",
    maxlength: DIGITS + 1, // a space may stand between them
    class: "digits",
    "aria-describedby": "short-code-help",
  });
  const wrong = h(
    "p",
    { id: "short-code-help", class: "soft", role: "status" },
    gettext("Ask your teacher to show the short code. Your teacher will then confirm you."),
  );
  screen.say(gettext("Type the short code"));
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    const send = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const digits = field.value.replace(/\D/g, "");
      if (digits.length === DIGITS) return resolve(digits);
      wrong.textContent = gettext("Type the six digits on the screen.");
      return field.focus();
    };
    const form = h(
      "form",
      { novalidate: true, id: "typing", onsubmit: send },
      h("label", { for: "short-code" }, gettext("Six digits from the screen")),
      field,
      wrong,
    );
    screen.show("form", form);
    screen.offer(
      h("button", { type: "submit", form: "typing", class: "large" }, gettext("Send")),
      h(
        "button",
        { type: "button", class: "quiet large", onclick: () => resolve("") },
        gettext("Back to camera"),
      ),
    );
    field.focus();
  });
}
