// Offers what a person can choose instead of making the moves, or while waiting for them.

import { h } from "../lib/dom.js";
import { canSpeak, choose, isSpoken } from "./speech.js";

/** @import { Stage } from "./stage.js" */

/** What the step ends with where the person cannot or will not make the moves. */
export const WITHOUT = "without";
/** What it ends with where no time is left for this challenge, so that the check-in begins anew. */
export const EXPIRED = "expired";

/**
 * @typedef {typeof WITHOUT} Without
 * @typedef {typeof EXPIRED} Expired
 *
 * @typedef {object} WayOut  What the person can choose while being filmed, or before.
 * @property {boolean} waits  Whether the person has stopped the countdown.
 * @property {Promise<Without>} chosen  Resolves when the person goes on without the moves.
 */

/**
 * Offers the ways out of a burst, while the countdown runs.
 * @param {Stage} screen
 * @returns {WayOut}
 */
export function offer(screen) {
  const { chosen, button } = cannot();
  /** @type {WayOut} */
  const wayOut = { waits: false, chosen };
  screen.offer(waitButton(wayOut), speechButton(), button);
  return wayOut;
}

/**
 * Offers the ways out of a live film.
 * @param {Stage} screen
 * @returns {Promise<Without>}  Resolves when the person goes on without the moves.
 */
export function offerLive(screen) {
  const { chosen, button } = cannot();
  screen.offer(speechButton(), button);
  return chosen;
}

function cannot() {
  /** @type {(without: Without) => void} */
  let choose = () => {};
  /** @type {Promise<Without>} */
  const chosen = new Promise((resolve) => {
    choose = resolve;
  });
  const button = h(
    "button",
    { type: "button", class: "quiet", onclick: () => choose(WITHOUT) },
    gettext("I cannot make these moves"),
  );
  return { chosen, button };
}

/** @param {WayOut} wayOut */
function waitButton(wayOut) {
  const properties = { type: "button", class: "quiet", "aria-pressed": "false" };
  const element = h("button", properties, gettext("Wait"));
  element.addEventListener("click", () => {
    wayOut.waits = !wayOut.waits;
    element.setAttribute("aria-pressed", String(wayOut.waits));
    element.textContent = wayOut.waits ? gettext("Continue") : gettext("Wait");
  });
  return element;
}

/** Null where this phone cannot speak. */
function speechButton() {
  if (!canSpeak()) return null;
  const element = h(
    "button",
    { type: "button", class: "quiet", "aria-pressed": String(isSpoken()) },
    gettext("Read aloud"),
  );
  element.addEventListener("click", async () => {
    await choose(!isSpoken());
    element.setAttribute("aria-pressed", String(isSpoken()));
  });
  return element;
}
