// Remembers for each session the check-in that was sent last, so that a reload can show it.

import { serverNow } from "../lib/api.js";
import { digest } from "../lib/key.js";
import { forget, keepSealed, namesOf, opened } from "../lib/store.js";

const LAST = "last-check-in "; // each lies under a name that begins so
const KEEP_S = 86_400; // a day

/**
 * @typedef {object} LastCheckIn
 * @property {string} attempt  The attempt's id.
 * @property {string} nonce  The attempt's nonce.
 * @property {Api.Needs | null} needs  What the session requires; null where the phone does not know it.
 */

/**
 * Remembers a check-in that was sent, and forgets those that are older than a day.
 * @param {string} session  Its id.
 * @param {LastCheckIn} checkIn
 */
export async function remember(session, checkIn) {
  await keepSealed(await nameOf(session), { ...checkIn, at: serverNow() });
  for (const name of await namesOf(LAST)) {
    const { at = 0 } = /** @type {{ at?: number }} */ ((await opened(name)) ?? {});
    if (at < serverNow() - KEEP_S) await forget(name);
  }
}

/**
 * The last check-in of a session; null where there is none.
 * @param {string} session  Its id.
 */
export const recall = async (session) =>
  /** @type {LastCheckIn | null} */ (await opened(await nameOf(session)));

/**
 * Forgets the last check-in of a session.
 * @param {string} session  Its id.
 */
export const drop = async (session) => forget(await nameOf(session));

/**
 * The name under which a session's check-in lies. Names are not sealed, so a digest stands for the
 * session, which tells nobody where the student was.
 * @param {string} session
 */
const nameOf = async (session) => LAST + (await digest(session));
