// Does step 3: it films the face while it makes the moves that the server asks for. It films live where
// the server does, and a burst otherwise.

import { Refused } from "../lib/api.js";
import { fill } from "../lib/dom.js";
import { GaveUp, pause } from "./attempt.js";
import { film } from "./burst_step.js";
import { hold, letGo } from "./kept.js";
import { canFilmLive, FilmLost } from "./live_socket.js";
import { filmLive } from "./live_step.js";
import { recallChoice } from "./speech.js";
import { EXPIRED, WITHOUT } from "./ways_out.js";

/** @import { Attempt } from "./attempt.js" */
/** @import { Burst } from "./burst.js" */
/** @import { Camera } from "./camera.js" */
/** @import { Screen } from "./screen.js" */
/** @import { Expired, Without } from "./ways_out.js" */

/**
 * @typedef {object} Ahead  What was begun before the face step.
 * @property {Promise<Camera | null>} camera  The front camera; null where it is to be opened now.
 * @property {() => boolean} isLast  Whether nothing else is coming, so that the film decides.
 */

const READ_MS = 2000; // for a sentence about another way to be read

/**
 * Films until a film is good or no try is left.
 * @param {Screen} screen
 * @param {Attempt} attempt
 * @param {Ahead} ahead
 * @param {AbortSignal} signal
 * @returns {Promise<undefined | Without | Expired>}
 */
export async function showFace(screen, attempt, { camera, isLast }, signal) {
  screen.progress(2);
  await recallChoice();
  for (let ahead = camera; attempt.step.challenge; ahead = Promise.resolve(null)) {
    const ended = await tryOnce(screen, attempt, { camera: ahead, isLast }, signal);
    if (ended || attempt.step.decision) return ended;
    if (!attempt.step.challenge) return undefined;
    const chosen = await tryAgain(screen, attempt.step, signal);
    if (chosen === WITHOUT) return chosen;
  }
  (await camera.catch(() => null))?.close();
  return undefined;
}

/**
 * Films once, and has the film judged.
 * @param {Screen} screen
 * @param {Attempt} attempt
 * @param {Ahead} ahead
 * @param {AbortSignal} signal
 * @returns {Promise<undefined | Without | Expired>}
 */
async function tryOnce(screen, attempt, ahead, signal) {
  const { live } = attempt.step;
  if (live && canFilmLive()) {
    const ended = await filmLive(screen, { ...ahead, ticket: live.ticket }, signal);
    if (ended === WITHOUT) return ended;
    if (!(ended instanceof FilmLost)) {
      attempt.filmedLive(ended);
      return undefined;
    }
    if (ended.code === "attempt_expired") return EXPIRED;
    if (ended.code === "attempt_decided") {
      attempt.decided(await attempt.mark());
      return undefined;
    }
    attempt.lostFilm(ended.usedAt);
    if ((await tellOtherWay(screen, ended, signal)) === WITHOUT) return WITHOUT;
  } else {
    (await ahead.camera.catch(() => null))?.close(); // a burst opens it when its countdown begins
  }
  return filmBurst(screen, attempt, signal);
}

/**
 * Says why the live film ended, and that a burst follows.
 * @param {Screen} screen
 * @param {FilmLost} lost
 * @param {AbortSignal} signal
 */
async function tellOtherWay(screen, { code, message }, signal) {
  if (code === "no_camera" || code === "hidden") return undefined; // the burst says what there is to say
  screen.showSign("again");
  if (code === "no_good_face") return askAgain(screen, message, signal);
  screen.offer();
  screen.say(gettext("Once more, in another way"), otherWay(code, message));
  return pause(READ_MS, signal);
}

/**
 * @param {string} code
 * @param {string} message
 */
function otherWay(code, message) {
  if (code === "live_film_busy" && message) return message;
  if (code === "broken") {
    return gettext(
      "The connection broke while you were filmed. You are filmed once more, and then checked.",
    );
  }
  return code === "no_answer" || code === "film_stalled"
    ? gettext(
        "The connection is too slow to check while you are filmed. You are filmed first, and then checked.",
      )
    : gettext(
        "Checking while you are filmed does not work just now. You are filmed first, and then checked.",
      );
}

/**
 * @param {Screen} screen
 * @param {Attempt} attempt
 * @param {AbortSignal} signal
 * @returns {Promise<undefined | Without | Expired>}
 */
async function filmBurst(screen, attempt, signal) {
  const { challenge } = attempt.step;
  if (!challenge) return undefined;
  const burst = await film(screen, challenge, signal);
  if (burst === WITHOUT || burst === EXPIRED) return burst;
  screen.showSign("waiting");
  screen.offer();
  screen.say(gettext("Checking …"), gettext("One moment …"));
  await send(attempt, burst);
  return undefined;
}

/**
 * Sends the burst. Meanwhile it lies sealed on the phone, so that closing the page loses nothing. A
 * check-in by the short code cannot be sent later, since digits have no time in them.
 * @param {Attempt} attempt
 * @param {Burst} burst
 */
async function send(attempt, burst) {
  attempt.filmed(burst);
  // A phone whose storage is full cannot hold the burst, and sends it all the same.
  if (attempt.tokens.length) await hold(attempt, attempt.burstUntil).catch(() => null);
  try {
    const step = await attempt.show();
    await letGo(attempt);
    return step;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // The check-in is held already, and is sent as a kept one.
    if (error.code === "attempt_expired" && attempt.tokens.length) throw new GaveUp();
    await letGo(attempt);
    // A live film decided it, and the connection broke before the phone was told.
    if (error.code === "attempt_decided") return attempt.decided(await attempt.mark());
    throw error;
  }
}

/**
 * @param {Screen} screen
 * @param {Partial<Api.Step>} step
 * @param {AbortSignal} signal
 */
async function tryAgain(screen, step, signal) {
  const why = step.hint_message ?? step.reasons?.[0]?.message ?? "";
  const tries = step.tries_left ?? 0;
  const words = ngettext("%(left)s try left.", "%(left)s tries left.", tries);
  screen.showSign("again");
  return askAgain(screen, `${why} ${fill(words, { left: tries })}`, signal);
}

/**
 * @param {Screen} screen
 * @param {string} why
 * @param {AbortSignal} signal
 */
function askAgain(screen, why, signal) {
  screen.say(gettext("Please try again"), why);
  return screen.ask(
    signal,
    [gettext("Start"), "again"],
    [gettext("I cannot make these moves"), WITHOUT, "quiet large"],
  );
}
