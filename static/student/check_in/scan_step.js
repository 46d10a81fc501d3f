// Step 1: the code on the wall, by the camera or typed.

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

const LOST_AFTER_MS = 12_000;
const FRESH_S = 6; // an older code would be too old by the time the next one is read

/**
 * The tokens, or the digits, that this step ends with.
 * @param {string} arrived  A code that the phone's own camera app opened, or "".
 * @returns {Promise<{tokens: string[]} | {digits: string}>}
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

async function withoutCamera(screen, error, signal) {
  screen.show("blank", h("p", { class: "sign", "aria-hidden": "true" }, "▢"));
  screen.say(gettext("The camera cannot be used"), error.message);
  return screen.ask(
    signal,
    [gettext("Type the short code"), "type"],
    [gettext("Try the camera again"), "again", "quiet large"],
  );
}

async function watch(screen, codes, signal) {
  screen.show("filming");
  screen.say(gettext("Opening the camera …"));
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

const typeButton = (then) =>
  h("button", { type: "button", class: "quiet", onclick: then }, gettext("Type the short code"));

async function readOn(screen, codes, { video, track }, reader, signal) {
  let newest = performance.now();
  for (;;) {
    await nextPicture(video, signal);
    if (track.readyState === "ended")
      throw new NoCamera(
        gettext("The camera was taken away. Close other apps that use it, then try again."),
      );
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

/** @param {boolean} [strange]  Whether a code was seen for long that is not this system's. */
function tell(screen, codes, strange) {
  const changes = ngettext(
    "Hold still for %(needed)s change of the code.",
    "Hold still for %(needed)s changes of the code.",
    codes.needed,
  );
  const read = fill(gettext("%(count)s of %(needed)s read."), {
    count: codes.count,
    needed: codes.needed,
  });
  const hint = {
    undefined: fill(changes, { needed: codes.needed }),
    true: gettext("That is another code. Point at the one on your teacher's screen."),
    false: gettext("Nothing read yet? Go closer, zoom in, or type the short code."),
  }[strange];
  screen.say(gettext("Point at the code"), `${hint} ${read}`);
}

async function byHand(screen, signal) {
  const field = h("input", {
    ...{
      id: "short-code",
      inputmode: "numeric",
      autocomplete: "off",
      maxlength: "7",
      class: "digits",
    },
    "aria-describedby": "short-code-help",
  });
  const wrong = h(
    "p",
    { id: "short-code-help", class: "soft", role: "status" },
    gettext("Ask your teacher to show it. Your teacher will confirm you then."),
  );
  screen.say(gettext("Type the short code"));
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    const send = (event) => {
      event.preventDefault();
      const digits = field.value.replace(/\D/g, "");
      if (digits.length === 6) return resolve(digits);
      wrong.textContent = gettext("The short code has six digits. It stands on the screen.");
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
        gettext("Back to the camera"),
      ),
    );
    field.focus();
  });
}
