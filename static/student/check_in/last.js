// Remembers for each session the check-in that was sent last, so that a reload can show it.

import { serverNow } from "../lib/api.js";
import { digest } from "../lib/key.js";
import { forget, keepSealed, namesOf, opened } from "../lib/store.js";

const LAST = "last-check-in ";
const KEEP_S = 86_400;

/**
 * @typedef {object} LastCheckIn
 * @property {string} attempt  Its id.
 * @property {string} nonce
 * @property {Api.Needs | null} needs
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
 * Names are not sealed, so they are made to tell nobody where the student was.
 * @param {string} session
 */
const nameOf = async (session) => LAST + (await digest(session));
