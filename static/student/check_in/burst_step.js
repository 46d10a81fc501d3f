// Films a burst: it counts down, and films the face while it makes the moves that the server drew.

import { serverNow } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { pause } from "./attempt.js";
import { lightHint, Recorder } from "./burst.js";
import { NoCamera, openCamera, visible, wasHidden, whileVisible } from "./camera.js";
import { signOf } from "./signs.js";
import { speak, tellOver, untilOpen } from "./speech.js";
import { EXPIRED, offer, WITHOUT } from "./ways_out.js";

/** @import { Burst, How } from "./burst.js" */
/** @import { Stage } from "./stage.js" */
/** @import { Expired, WayOut, Without } from "./ways_out.js" */

const COUNTDOWN = 3; // seconds
const BUSY_MS = 2000; // for the sentence about a busy phone to be read
const MISSES_EVENLY = 1; // after so many bursts that missed a moment, one is taken evenly
const MISSES_MAX = 3; // a challenge does not live for more bursts than these
const SPARE_S = 4; // these seconds are left for the upload before the challenge expires
const HURRY_S = 15; // so shortly before the last moment to begin, bad light does not delay the countdown

/**
 * Films until there is a picture of each moment, or the person goes on without the moves.
 * @param {Stage} screen
 * @param {Api.Challenge} challenge
 * @param {AbortSignal} signal
 * @returns {Promise<Burst | Without | Expired>}
 */
export async function film(screen, challenge, signal) {
  for (let misses = 0; ; ) {
    const own = whileVisible(signal);
    try {
      const burst = await filmOnce(screen, challenge, misses >= MISSES_EVENLY, own.signal);
      if (burst) return burst;
      misses = (misses + 1) % MISSES_MAX;
      if (!misses) {
        throw new NoCamera(
          gettext("The camera is too slow. Turn on more light, or close other apps."),
        );
      }
      screen.showSign("again");
      screen.offer();
      screen.say(gettext("Please try again"), gettext("The phone was busy for a moment."));
      await pause(BUSY_MS, own.signal);
    } catch (error) {
      if (wasHidden(error)) await visible(signal);
      else if (!(error instanceof NoCamera)) throw error;
      else if ((await withoutCamera(screen, error, signal)) === WITHOUT) return WITHOUT;
    } finally {
      own.end();
    }
  }
}

/**
 * @param {Stage} screen
 * @param {NoCamera} error
 * @param {AbortSignal} signal
 */
async function withoutCamera(screen, error, signal) {
  screen.sayNoCamera(error.message);
  return screen.ask(
    signal,
    [gettext("Try the camera again"), "again"],
    [gettext("Continue without the face step"), WITHOUT, "quiet large"],
  );
}

/**
 * @param {Stage} screen
 * @param {Api.Challenge} challenge
 * @param {boolean} evenly
 * @param {AbortSignal} signal
 */
async function filmOnce(screen, challenge, evenly, signal) {
  screen.show("filming mirrored");
  screen.say(gettext("Look at the phone"), gettext("Opening the camera …"));
  const without = offer(screen);
  const camera = await Promise.race([openCamera("user", signal), without.chosen]);
  if (camera === WITHOUT) return WITHOUT;
  try {
    const sign = h("span", { class: "sign-place", "aria-hidden": "true" });
    const oval = h("span", { class: "outline", "aria-hidden": "true" }, sign);
    screen.show("filming mirrored", camera.video, oval);
    return await Promise.race([
      follow(screen, camera.video, challenge, { without, evenly }, signal),
      without.chosen,
    ]);
  } finally {
    camera.close();
  }
}

/**
 * @param {Stage} screen
 * @param {HTMLVideoElement} video
 * @param {Api.Challenge} challenge
 * @param {{ without: WayOut, evenly: boolean }} how
 * @param {AbortSignal} signal
 */
async function follow(screen, video, challenge, { without, evenly }, signal) {
  const recorder = new Recorder(video);
  await pictureSize(video, signal);
  if (!(await countDown(screen, recorder, challenge, without, signal))) return EXPIRED;
  await recorder.prepare(challenge, { evenly });
  screen.offer();
  screen.stage.dataset.recording = String(challenge.number);
  const count = challenge.prompts.length;
  const words = gettext("%(count)s moves follow, one by one. Keep your face in the oval.");
  atRest(screen, fill(words, { count }));
  /** @type {How["onPrompt"]} */
  const onPrompt = (prompt, n) => (prompt ? prompted(screen, prompt, n, count) : over(screen));
  try {
    return await recorder.record(challenge, { evenly, onPrompt }, signal);
  } finally {
    delete screen.stage.dataset.move; // it is still there where filming ended within a prompt
    delete screen.stage.dataset.recording;
  }
}

/**
 * Waits until the camera has given a picture, whose size is then known.
 * @param {HTMLVideoElement} video
 * @param {AbortSignal} signal
 */
async function pictureSize(video, signal) {
  while (!video.videoWidth) await pause(50, signal);
}

/**
 * Counts three, two, one. It takes longer while the light is bad or the person waits.
 * @param {Stage} screen
 * @param {Recorder} recorder
 * @param {Api.Challenge} challenge
 * @param {WayOut} state
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}  False where no time is left.
 */
async function countDown(screen, recorder, challenge, state, signal) {
  const latestS = Date.parse(challenge.expires_at) / 1000 - challenge.duration_s - SPARE_S;
  for (let left = COUNTDOWN; left > 0; ) {
    if (serverNow() > latestS) return false;
    const light = lightHint(recorder.brightness());
    screen.say(
      gettext("Look straight at the phone"),
      light || fill(gettext("Starts in %(left)s"), { left }),
    );
    await pause(1000, signal);
    if (!state.waits && (!light || latestS - serverNow() < HURRY_S)) left -= 1;
  }
  return true;
}

/**
 * @param {Stage} screen
 * @param {Api.Prompt} prompt
 * @param {number} n  The number of the prompt, from 0.
 * @param {number} count  How many prompts there are.
 */
function prompted(screen, { move, message }, n, count) {
  screen.stage.dataset.move = move;
  draw(screen, signOf(move));
  if (move === "blink") {
    screen.say(message, untilOpen());
    speak(`${message}. ${untilOpen()}`);
    return;
  }
  const place = gettext("%(nth)s of %(count)s · keep your face in the oval");
  screen.say(message, fill(place, { nth: n + 1, count }));
  speak(message);
}

/**
 * Puts the sign of a move into the oval, in place of the one before.
 * @param {Stage} screen
 * @param {SVGElement | null} sign
 */
function draw({ stage }, sign) {
  stage.querySelector(".sign-place")?.replaceChildren(...(sign ? [sign] : []));
}

/** @param {Stage} screen */
function over(screen) {
  delete screen.stage.dataset.move;
  draw(screen, null);
  tellOver();
  speak(gettext("Look straight at the phone."));
  atRest(screen, gettext("Keep your face in the oval."));
}

/**
 * @param {Stage} screen
 * @param {string} small
 */
const atRest = (screen, small) => screen.say(gettext("Look straight at the phone"), small);
