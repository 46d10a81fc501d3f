// A check-in that could not be sent: kept sealed for ten minutes, and sent when the network is back.
//
// What is sent late counts only towards the teacher's review, and only with this phone's signed word
// on when it was gathered (docs/phone-client.md).

import { Unreachable, post, serverNow } from "../lib/api.js";
import { base64url, digest, nonce, signed } from "../lib/key.js";
import { forget, keepSealed, opened } from "../lib/store.js";
import { pause } from "./attempt.js";

const KEPT = "kept-check-in";
const KEEP_S = 600; // the server takes nothing that is older
const PAUSES_MS = [2000, 4000, 8000, 15_000];

/** Where the check-in that was sent last is kept, to be shown after a reload. */
export const LAST = "last-check-in";

let sending = null; // one at a time, whoever asks
let sent = null; // the last decision, for who asks after another has sent it
let held = false; // while the check-in on the screen still tries by itself

/** Keep what the attempt has gathered, to be sent from wherever the student is by then. */
export async function keep(attempt) {
  await seal(attempt);
  held = false;
}

/** The same for as long as this page tries: should it be closed, what was gathered is not lost. */
export async function hold(attempt) {
  held = true;
  await seal(attempt);
}

/** The check-in tries no more by itself. @param {boolean} sent  Whether it went out. */
export async function letGo(sent) {
  if (!held) return;
  held = false;
  if (sent) await forget(KEPT);
}

async function seal({ id, session, tokens, seenAt, doneAt, burst }) {
  const frames = await Promise.all((burst?.frames ?? []).map(async (frame) => base64(await frame.arrayBuffer())));
  const { challenge, timesS } = burst ?? {};
  sent = null;
  await keepSealed(KEPT, { nonce: nonce(), attempt: id, session: session.id, tokens, seenAt, doneAt: doneAt ?? seenAt, frames, challenge, timesS });
}

/**
 * The decision on what is kept; null where nothing is, or where it is too old by now.
 * @throws {Unreachable} while there is no network: it stays kept.
 * @throws {Refused} after which it is forgotten, since the same again would not fare better.
 */
export async function sendKept() {
  if (held) return null;
  sending ??= sendOnce().finally(() => (sending = null));
  return sending;
}

async function sendOnce() {
  const kept = await opened(KEPT);
  if (!kept) return null;
  if (serverNow() - kept.seenAt > KEEP_S) {
    await forget(KEPT);
    return null;
  }
  try {
    sent = await post("/attendance/check-in", await formOf(kept));
    if (kept.attempt) await keepSealed(LAST, { attempt: kept.attempt, nonce: kept.nonce, session: kept.session, needs: null });
    await forget(KEPT);
    return sent;
  } catch (error) {
    if (!(error instanceof Unreachable)) await forget(KEPT);
    throw error;
  }
}

/** Tries until it is sent or too old; see sendKept. */
export async function untilSent(signal) {
  for (let tries = 0; ; tries += 1) {
    try {
      return (await sendKept()) ?? sent;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      await pause(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)], signal);
    }
  }
}

async function formOf({ frames, tokens, challenge, timesS, attempt, seenAt, doneAt, ...kept }) {
  const files = frames.map(bytesOf);
  const claims = {
    nonce: kept.nonce,
    iat: seenAt,
    done: doneAt,
    tokens: await digest(tokens.join("\n")),
    frames: await digestOfAll(files),
  };
  const fields = { nonce: kept.nonce, tokens: JSON.stringify(tokens), gathered: await signed("gathered+jwt", claims) };
  if (attempt) fields.attempt = attempt;
  if (files.length) Object.assign(fields, { challenge, times_s: JSON.stringify(timesS) });
  else fields.without_face = true; // there was no network to get a challenge by
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  files.forEach((file, n) => form.append("frames", new Blob([file], { type: "image/jpeg" }), `${n}.jpg`));
  return form;
}

async function digestOfAll(files) {
  if (!files.length) return "";
  const digests = await Promise.all(files.map((file) => crypto.subtle.digest("SHA-256", file)));
  return base64url(await crypto.subtle.digest("SHA-256", await new Blob(digests).arrayBuffer()));
}

const base64 = (buffer) => {
  let text = "";
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
};
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
