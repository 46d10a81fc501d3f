// Says why this phone cannot check its student in, in place of a check-in that would be refused, and goes
// on by itself when it can.

import { logOut } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { go } from "../lib/router.js";
import { obstacleOfPhone } from "../lib/this_phone.js";
import { pause } from "./attempt.js";

/** @import { Obstacle } from "../lib/this_phone.js" */
/** @import { Screen } from "./screen.js" */

const ASKS_MS = 5000; // between two questions whether the phone was approved

/**
 * Asks how this phone stands; null also where the server could not be asked, so that the check-in goes on.
 * @returns {Promise<Obstacle | null>}
 */
export const askObstacle = () => obstacleOfPhone().catch(() => null);

/**
 * Waits until this phone can check its student in.
 * @param {Screen} screen
 * @param {Promise<Obstacle | null>} asked  What was asked already.
 * @param {AbortSignal} signal
 */
export async function untilAccepted(screen, asked, signal) {
  let obstacle = await asked;
  signal.throwIfAborted();
  if (obstacle) show(screen, obstacle);
  while (obstacle) {
    await pause(ASKS_MS, signal);
    const known = obstacle;
    obstacle = document.hidden ? known : await obstacleOfPhone().catch(() => known);
    signal.throwIfAborted();
    if (obstacle && obstacle.kind !== known.kind) show(screen, obstacle);
  }
}

/**
 * @param {Screen} screen
 * @param {Obstacle} obstacle
 */
function show(screen, { kind, head, todo }) {
  screen.progress(-1);
  screen.showSign(kind === "waiting" ? "later" : "attention", "low told");
  screen.say(head, todo);
  if (kind === "waiting") {
    screen.details.append(
      h("p", {}, gettext("This page continues by itself when the phone is approved.")),
    );
  }
  screen.offer(
    kind === "removed" ? logInAgain() : null,
    kind === "waiting"
      ? h("a", { class: "button quiet", href: "#/passkeys" }, gettext("Confirm with a passkey"))
      : null,
    h("a", { class: "button quiet", href: "#/devices" }, gettext("My phones")),
  );
}

function logInAgain() {
  const out = async () => {
    await logOut();
    go("login");
  };
  return h("button", { type: "button", class: "large", onclick: out }, gettext("Log in again"));
}
