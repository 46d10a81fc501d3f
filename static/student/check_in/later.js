// A check-in that could not be sent: kept sealed for ten minutes, and sent when the network is back.
//
// What is sent late counts only towards the teacher's review, and only with this phone's signed word
// on when it was gathered (docs/phone-client.md).

import { post, Refused, serverNow, Unreachable, who } from "../lib/api.js";
import { digest, nonce } from "../lib/key.js";
import { forget, keepSealed, namesOf, opened } from "../lib/store.js";
import { GaveUp, pause } from "./attempt.js";
import { remember } from "./last.js";
import { wordOf } from "./word.js";

const KEPT = "kept-check-in "; // and the session: another class's check-in takes nobody's place
const KEEP_S = 600; // the server takes nothing that is older
const PAUSES_MS = [2000, 4000, 8000, 15_000];

/** It was not sent in time, and nobody will take it any more. */
export class TooOld extends GaveUp {
  constructor() {
    super();
    this.message = gettext(
      "Your check-in could not be sent within ten minutes. Tell your teacher, who can mark you.",
    );
  }
}

const sending = new Map(); // by session: one at a time, whoever asks
const sent = new Map(); // by session: the last decision, for who asks after another has sent it
const awaited = new Set(); // the sessions whose own view waits, and tells what became of it

/** Keep what the attempt has gathered, to be sent from wherever the student is by then. */
export const keep = (attempt) => seal(attempt, 0);

/**
 * The same while the check-in on the screen sends it by itself: should the page be closed
 * meanwhile, nothing is lost. No page sends it before `until`, in seconds by the server's clock.
 */
export const hold = seal;

/** What was held went out. */
export const letGo = async ({ session }) => forget(await nameOf(session.id));

/** The ids of the sessions of which a check-in is kept. */
export async function keptSessions() {
  const sessions = [];
  for (const name of await namesOf(KEPT)) {
    const kept = await opened(name);
    if (kept) sessions.push(kept.session);
    else await forget(name); // it does not open any more
  }
  return sessions;
}

/** Names are not sealed, so they tell nobody where the student was. */
const nameOf = async (session) => KEPT + (await digest(session));

async function seal({ id, session, tokens, seenAt, doneAt, burst }, until) {
  const frames = await Promise.all(
    (burst?.frames ?? []).map(async (frame) => base64(await frame.arrayBuffer())),
  );
  const { challenge, timesS } = burst ?? {};
  const student = (await who())?.id;
  sent.delete(session.id);
  await keepSealed(await nameOf(session.id), {
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
  });
}

/**
 * The decision on what is kept of a session; null where nothing is.
 * @throws {Unreachable} while there is no network, a page still holds it, or somebody else is logged
 *   in: it stays kept.
 * @throws {TooOld} where that took too long, after which it is forgotten.
 * @throws {Refused} on the server's word, after which it is forgotten.
 */
export function sendKept(session) {
  if (!sending.has(session))
    sending.set(
      session,
      sendOnce(session).finally(() => sending.delete(session)),
    );
  return sending.get(session);
}

async function sendOnce(session) {
  const kept = await opened(await nameOf(session));
  if (!kept) return null;
  const isMine = kept.student === (await who())?.id;
  if (serverNow() - kept.seenAt > KEEP_S) {
    await forgetOnly(kept);
    if (isMine) throw new TooOld();
    return null;
  }
  if (!isMine || kept.until > serverNow()) throw new Unreachable();
  try {
    const decision = await post("/attendance/check-in", await formOf(kept));
    sent.set(session, decision);
    if (kept.attempt)
      await remember(session, { attempt: kept.attempt, nonce: kept.nonce, needs: null });
    await forgetOnly(kept);
    return decision;
  } catch (error) {
    if (mayPass(error)) throw new Unreachable();
    await forgetOnly(kept);
    throw error;
  }
}

/** Whether the same call may fare better in a while: no network, too many calls, a log-in to renew. */
const mayPass = (error) =>
  !(error instanceof Refused) || [401, 408, 429].includes(error.status) || error.status >= 500;

/** Another check-in may have been kept since. */
async function forgetOnly({ nonce: sentNonce, session }) {
  const name = await nameOf(session);
  if ((await opened(name))?.nonce === sentNonce) await forget(name);
}

/** The decision on what is kept of a session, or on what was, if another part of the page has sent it. */
export async function untilSent(session, signal) {
  awaited.add(session);
  try {
    return (await sendPatiently(session, signal)) ?? sent.get(session) ?? null;
  } finally {
    setTimeout(() => awaited.delete(session)); // after whoever else was told the same
  }
}

/** Whether the session's own view waits for what is kept, and tells what became of it. */
export const isAwaited = (session) => awaited.has(session);

/** Tries until it is sent or too old; see sendKept. */
export async function sendPatiently(session, signal) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await sendKept(session);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      await pause(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)], signal);
    }
  }
}

async function formOf({ frames, tokens, challenge, timesS, attempt, seenAt, doneAt, ...kept }) {
  const files = frames.map(bytesOf);
  const gathered = await wordOf({ nonce: kept.nonce, tokens, seenAt, doneAt }, files);
  const fields = { nonce: kept.nonce, tokens: JSON.stringify(tokens), gathered };
  if (attempt) fields.attempt = attempt;
  if (files.length) Object.assign(fields, { challenge, times_s: JSON.stringify(timesS) });
  else fields.without_face = true; // there was no network to get a challenge by
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [n, file] of files.entries()) {
    form.append("frames", new Blob([file], { type: "image/jpeg" }), `${n}.jpg`);
  }
  return form;
}

const base64 = (buffer) => {
  let text = "";
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
};
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
