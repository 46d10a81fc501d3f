// Keeps a check-in that could not be sent, sealed for ten minutes, and sends it when the network is
// back.
//
// A kept check-in counts only towards the teacher's review, and only with this phone's statement of when
// it was gathered (docs/phone-client.md). Codes alone are refused after half a minute.

import { post, Refused, serverNow, Unreachable, whoOrNobody } from "../lib/api.js";
import { digest, nonce } from "../lib/key.js";
import { forget, keepSealed, namesOf, opened } from "../lib/store.js";
import { GaveUp, pause } from "./attempt.js";
import { remember } from "./last.js";
import { statementOf } from "./statement.js";

/** @import { Burst } from "./burst.js" */

// Each kept check-in lies under a name that begins so. The session follows, so that each session has a
// place of its own.
const KEPT = "kept-check-in ";
const KEEP_S = 600; // the server takes nothing that was gathered longer ago
const FIRST_PAUSES_MS = [2000, 4000, 8000]; // between two tries of sending
const PAUSE_MS = 15_000; // between all further tries

/** Thrown where a kept check-in was not sent in time: the server would not take it any more. */
export class TooOld extends GaveUp {
  constructor() {
    super();
    this.message = gettext(
      "Your check-in could not be sent within ten minutes. Ask your teacher to mark you.",
    );
  }
}

/**
 * @typedef {object} Gathered  What an attempt has gathered.
 * @property {string | null} id  The attempt's id; null where the server knows of no attempt.
 * @property {{ id: string }} session
 * @property {string[]} tokens  The codes that were read.
 * @property {number} seenAt  When the newest code was seen, in seconds by the server's clock.
 * @property {string[]} [answers]  The beacon's answers that were not sent, in hexadecimal.
 * @property {number | null} [doneAt]  When the last of it was gathered, in seconds by the server's clock.
 * @property {Burst | null} [burst]  Missing where nothing was filmed.
 *
 * @typedef {object} Kept  What an attempt has gathered, as it is sealed.
 * @property {string | undefined} student  The id of the student whose check-in it is.
 * @property {string} nonce
 * @property {string | null} attempt  The attempt's id.
 * @property {string} session  The session's id.
 * @property {string[]} tokens
 * @property {string[]} answers
 * @property {number} seenAt
 * @property {number} doneAt
 * @property {string[]} frames  The pictures of the burst, in base64.
 * @property {number} [challenge]
 * @property {number[]} [timesS]
 * @property {number} until  The moment before which no page sends it, in seconds by the server's clock.
 */

/** @type {Map<string, Promise<Api.Decision | null>>}  What is being sent, by session. */
const sending = new Map();
/** @type {Map<string, Api.Decision>}  The decisions on what was sent, by session. */
const sent = new Map();
/** @type {Set<string>}  The sessions whose own view waits for the decision and shows it. */
const awaited = new Set();

/**
 * Keeps what the attempt has gathered, to be sent from wherever the student is by then.
 * @param {Gathered} attempt
 */
export const keep = (attempt) => seal(attempt, 0);

/**
 * Keeps what the attempt has gathered while the check-in on the screen still sends it. If the page is
 * closed meanwhile, nothing is lost.
 * @param {Gathered} attempt
 * @param {number} until  The moment before which no page sends it, in seconds by the server's clock.
 */
export const hold = (attempt, until) => seal(attempt, until);

/**
 * Forgets what `hold` has kept, since it was sent.
 * @param {Gathered} attempt
 */
export const letGo = async ({ session }) => forget(await nameOf(session.id));

/** The ids of the sessions of which a check-in is kept. */
export async function keptSessions() {
  const sessions = [];
  for (const name of await namesOf(KEPT)) {
    const kept = await openedAt(name);
    if (kept) sessions.push(kept.session);
    else await forget(name); // it does not open any more
  }
  return sessions;
}

/** @param {string} name */
const openedAt = async (name) => /** @type {Kept | null} */ (await opened(name));

/**
 * The name under which a session's check-in lies. Names are not sealed, so a digest stands for the
 * session, which tells nobody where the student was.
 * @param {string} session
 */
const nameOf = async (session) => KEPT + (await digest(session));

/**
 * @param {Gathered} attempt
 * @param {number} until
 */
async function seal({ id, session, tokens, answers = [], seenAt, doneAt, burst }, until) {
  const frames = await Promise.all(
    (burst?.frames ?? []).map(async (frame) => base64(await frame.arrayBuffer())),
  );
  const { challenge, timesS } = burst ?? {};
  const student = (await whoOrNobody())?.id;
  sent.delete(session.id);
  /** @type {Kept} */
  const kept = {
    student,
    nonce: nonce(),
    attempt: id,
    session: session.id,
    tokens,
    answers,
    seenAt,
    doneAt: doneAt ?? seenAt,
    frames,
    challenge,
    timesS,
    until,
  };
  await keepSealed(await nameOf(session.id), kept);
}

/**
 * Sends what is kept of a session.
 * @param {string} session  Its id.
 * @returns {Promise<Api.Decision | null>}  Null where nothing is kept.
 * @throws {Unreachable} while there is no network, a page still holds it, or somebody else is logged
 *   in: it stays kept.
 * @throws {TooOld} where that took too long, after which it is forgotten.
 * @throws {Refused} where the server refused it, after which it is forgotten.
 */
export function sendKept(session) {
  const known = sending.get(session);
  if (known) return known;
  const fresh = sendOnce(session).finally(() => sending.delete(session));
  sending.set(session, fresh);
  return fresh;
}

/** @param {string} session */
async function sendOnce(session) {
  const kept = await openedAt(await nameOf(session));
  if (!kept) return null;
  const isMine = kept.student === (await whoOrNobody())?.id;
  if (serverNow() - kept.seenAt > KEEP_S) {
    await forgetOnly(kept);
    if (isMine) throw new TooOld();
    return null;
  }
  if (!isMine || kept.until > serverNow()) throw new Unreachable();
  try {
    const decision = await post("/attendance/check-in", await formOf(kept));
    sent.set(session, decision);
    if (kept.attempt) {
      await remember(session, { attempt: kept.attempt, nonce: kept.nonce, needs: null });
    }
    await forgetOnly(kept);
    return decision;
  } catch (error) {
    if (mayPass(error)) throw new Unreachable();
    await forgetOnly(kept);
    throw error;
  }
}

/**
 * Whether the same call may succeed in a while: there was no network, there were too many calls, or the
 * log-in has to be renewed.
 * @param {unknown} error
 */
const mayPass = (error) =>
  !(error instanceof Refused) || [401, 408, 429].includes(error.status) || error.status >= 500;

/**
 * Forgets this check-in alone, since another one may have been kept meanwhile.
 * @param {Kept} kept
 */
async function forgetOnly({ nonce: sentNonce, session }) {
  const name = await nameOf(session);
  if ((await openedAt(name))?.nonce === sentNonce) await forget(name);
}

/**
 * Waits until what is kept of a session is sent, by this or by another part of the page, and gives the
 * decision on it.
 * @param {string} session  Its id.
 * @param {AbortSignal} signal
 */
export async function untilSent(session, signal) {
  awaited.add(session);
  try {
    return (await sendPatiently(session, signal)) ?? sent.get(session) ?? null;
  } finally {
    setTimeout(() => awaited.delete(session)); // after whoever else was told the same
  }
}

/**
 * Whether the session's own view waits for the decision on what is kept, and shows it.
 * @param {string} session  Its id.
 */
export const isAwaited = (session) => awaited.has(session);

/**
 * Calls `sendKept` until the check-in is sent or too old.
 * @param {string} session  Its id.
 * @param {AbortSignal} signal
 */
export async function sendPatiently(session, signal) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await sendKept(session);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      await pause(FIRST_PAUSES_MS[tries] ?? PAUSE_MS, signal);
    }
  }
}

/** @param {Kept} kept */
async function formOf(kept) {
  const files = kept.frames.map(bytesOf);
  const form = new FormData();
  form.append("nonce", kept.nonce);
  form.append("tokens", JSON.stringify(kept.tokens));
  form.append("gathered", await statementOf(kept, files));
  if (kept.attempt) form.append("attempt", kept.attempt);
  form.append("answers", JSON.stringify(kept.answers ?? []));
  if (files.length) {
    form.append("challenge", String(kept.challenge));
    form.append("times_s", JSON.stringify(kept.timesS));
  } else {
    form.append("without_face", "true"); // without a network the phone got no challenge
  }
  for (const [n, file] of files.entries()) {
    form.append("frames", new Blob([file], { type: "image/jpeg" }), `${n}.jpg`);
  }
  return form;
}

/** @param {ArrayBuffer} buffer */
const base64 = (buffer) => {
  let text = "";
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
};

/** @param {string} text  In base64. */
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
