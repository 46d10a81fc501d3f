// Keeps a check-in that could not be sent, sealed for ten minutes, and sends it when the network is
// back.
//
// What is sent late counts only towards the teacher's review, and only with this phone's signed word
// on when it was gathered (docs/phone-client.md).

import { post, Refused, serverNow, Unreachable, whoOrNobody } from "../lib/api.js";
import { digest, nonce } from "../lib/key.js";
import { forget, keepSealed, namesOf, opened } from "../lib/store.js";
import { GaveUp, pause } from "./attempt.js";
import { remember } from "./last.js";
import { statementOf } from "./statement.js";

/** @import { Burst } from "./burst.js" */

const KEPT = "kept-check-in "; // the session follows, so that each class has a place of its own
const KEEP_S = 600; // the server takes nothing that is older
const FIRST_PAUSES_MS = [2000, 4000, 8000]; // between two tries of sending
const PAUSE_MS = 15_000; // between all further tries

/** It was not sent in time, and nobody will take it any more. */
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
 * @property {string | null} id  The attempt's; null where the server knows of none.
 * @property {{ id: string }} session
 * @property {string[]} tokens  The codes that were read.
 * @property {number} seenAt  When the newest code was seen, in seconds by the server's clock.
 * @property {number | null} [doneAt]  When the burst was done.
 * @property {Burst | null} [burst]
 *
 * @typedef {object} Kept  The same as it is sealed.
 * @property {string | undefined} student  The id of the student whose check-in it is.
 * @property {string} nonce
 * @property {string | null} attempt
 * @property {string} session
 * @property {string[]} tokens
 * @property {number} seenAt
 * @property {number} doneAt
 * @property {string[]} frames  In base64.
 * @property {number} [challenge]
 * @property {number[]} [timesS]
 * @property {number} until  No page sends it before, in seconds by the server's clock.
 */

/** @type {Map<string, Promise<Api.Decision | null>>}  By session: one at a time, whoever asks. */
const sending = new Map();
/** @type {Map<string, Api.Decision>}  By session: for who asks after another has sent it. */
const sent = new Map();
/** @type {Set<string>}  The sessions whose own view waits, and tells what became of it. */
const awaited = new Set();

/**
 * Keeps what the attempt has gathered, to be sent from wherever the student is by then.
 * @param {Gathered} attempt
 */
export const keep = (attempt) => seal(attempt, 0);

/**
 * The same while the check-in on the screen sends it by itself: should the page be closed
 * meanwhile, nothing is lost.
 * @param {Gathered} attempt
 * @param {number} until  No page sends it before, in seconds by the server's clock.
 */
export const hold = (attempt, until) => seal(attempt, until);

/**
 * Forgets what was held, since it went out.
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
 * Names are not sealed, so they are made to tell nobody where the student was.
 * @param {string} session
 */
const nameOf = async (session) => KEPT + (await digest(session));

/**
 * @param {Gathered} attempt
 * @param {number} until
 */
async function seal({ id, session, tokens, seenAt, doneAt, burst }, until) {
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
 * @throws {Refused} on the server's word, after which it is forgotten.
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
 * Whether the same call may succeed in a while: no network, too many calls, a log-in to renew.
 * @param {unknown} error
 */
const mayPass = (error) =>
  !(error instanceof Refused) || [401, 408, 429].includes(error.status) || error.status >= 500;

/**
 * Forgets this check-in alone: another one may have been kept since.
 * @param {Kept} kept
 */
async function forgetOnly({ nonce: sentNonce, session }) {
  const name = await nameOf(session);
  if ((await openedAt(name))?.nonce === sentNonce) await forget(name);
}

/**
 * The decision on what is kept of a session, or on what was, if another part of the page has sent it.
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
 * Whether the session's own view waits for what is kept, and tells what became of it.
 * @param {string} session  Its id.
 */
export const isAwaited = (session) => awaited.has(session);

/**
 * Tries until it is sent or too old, as sendKept does.
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
  if (files.length) {
    form.append("challenge", String(kept.challenge));
    form.append("times_s", JSON.stringify(kept.timesS));
  } else {
    form.append("without_face", "true"); // there was no network to get a challenge by
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
