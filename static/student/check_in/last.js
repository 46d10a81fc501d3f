// The check-in of each session that was sent last, to be shown after a reload.

import { serverNow } from "../lib/api.js";
import { digest } from "../lib/key.js";
import { forget, keepSealed, namesOf, opened } from "../lib/store.js";

const LAST = "last-check-in ";
const KEEP_S = 86_400;

/** @param {{attempt: string, nonce: string, needs: object|null}} checkIn */
export async function remember(session, checkIn) {
  await keepSealed(await nameOf(session), { ...checkIn, at: serverNow() });
  for (const name of await namesOf(LAST)) {
    const { at = 0 } = (await opened(name)) ?? {};
    if (at < serverNow() - KEEP_S) await forget(name);
  }
}

export const recall = async (session) => opened(await nameOf(session));

export const drop = async (session) => forget(await nameOf(session));

/** Names are not sealed, so they tell nobody where the student was. */
const nameOf = async (session) => LAST + (await digest(session));
