// Does step 3 where no face is asked for and a passkey stands for it: the phone's own lock shows that its
// owner holds it. Whoever cannot use it shows the face instead.

import { Refused } from "../lib/api.js";
import { answerTo, isOffered, LetPass } from "../lib/passkey.js";

/** @import { Attempt } from "./attempt.js" */
/** @import { Screen } from "./screen.js" */

/**
 * Asks the passkey, and sends its answer. Afterwards the attempt's step says what is left.
 * @param {Screen} screen
 * @param {Attempt} attempt
 * @param {AbortSignal} signal
 */
export async function confirmOwner(screen, attempt, signal) {
  screen.asksLock(true);
  screen.progress(2);
  screen.showSign("lock", "low");
  screen.offer();
  screen.say(
    gettext("Confirm that it is you"),
    gettext("Use your phone's screen lock: fingerprint, face or PIN."),
  );
  const { passkey } = attempt.step;
  // At first without a tap, which most browsers let a page do after the tap that began the check-in.
  for (let ask = Boolean(passkey) && (await isOffered()); ask; ) {
    const why = await confirmed(attempt, passkey);
    if (!why) return;
    const chosen = await choose(screen, why, signal);
    ask = chosen === "again";
  }
  signal.throwIfAborted();
  await attempt.showInstead();
  screen.asksLock(false);
}

/**
 * Asks once.
 * @param {Attempt} attempt
 * @param {unknown} options
 * @returns {Promise<string>}  Why it did not work, in words; "" where it did.
 */
async function confirmed(attempt, options) {
  try {
    await attempt.confirm(await answerTo(options));
    return "";
  } catch (error) {
    const isOfLock = error instanceof Refused && error.code.includes("passkey");
    if (!isOfLock && !(error instanceof LetPass)) throw error;
    return gettext("That was not confirmed. Try again, or show your face instead.");
  }
}

/**
 * @param {Screen} screen
 * @param {string} why
 * @param {AbortSignal} signal
 */
function choose(screen, why, signal) {
  screen.say(gettext("Confirm that it is you"), why);
  return screen.ask(
    signal,
    [gettext("Use the screen lock"), "again"],
    [gettext("Show my face instead"), "face", "quiet large"],
  );
}
