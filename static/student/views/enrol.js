// Enrols a face: it is filmed while it makes the moves that the server drew, as at a check-in, and the
// server judges the film.

import { film } from "../check_in/burst_step.js";
import { recallChoice } from "../check_in/speech.js";
import { Stage } from "../check_in/stage.js";
import { EXPIRED, WITHOUT } from "../check_in/ways_out.js";
import { call, get, post } from "../lib/api.js";
import { textOfFace } from "../lib/consent.js";
import { button, focusOn, h, problem } from "../lib/dom.js";

/** @import { Burst } from "../check_in/burst.js" */

const PATIENCE_MS = 90_000; // on a slow line a film takes its time

/** The title of the view. */
export const title = () => gettext("Enrol my face");

/**
 * Fills the place.
 * @param {HTMLElement} place
 */
export async function show(place) {
  const { version, stands } = textOfFace(await get("/face/consent"));
  if (!stands) {
    put(
      place,
      title(),
      h(
        "p",
        { class: "lead" },
        gettext("First read what happens with your face data. Then choose."),
      ),
      h("a", { class: "button large", href: "#/face" }, gettext("Read it")),
    );
    return undefined;
  }
  const life = new AbortController();
  const words = gettext(
    "You are filmed for ten seconds while you make two or three moves, such as turning your " +
      "head. Sit alone and in even light, and hold the phone at eye level.",
  );
  offer(place, title(), words, () => begin(place, version, life.signal));
  return () => life.abort();
}

/**
 * Films and sends once, and shows what came of it.
 * @param {HTMLElement} place
 * @param {string} version  The version of the text that the student has agreed to.
 * @param {AbortSignal} signal
 */
async function begin(place, version, signal) {
  const again = () => begin(place, version, signal);
  try {
    const burst = await filmed(place, version, signal);
    if (burst === WITHOUT) withoutMoves(place, again);
    else told(place, await sent(burst), again);
  } catch (error) {
    if (signal.aborted) return;
    const start = button(gettext("Start"), again, { class: "large" });
    put(place, gettext("Please try again"), problem(error), start, notNow());
  }
  if (!signal.aborted) focusOn(place.querySelector("h1"));
}

/**
 * Films for a fresh challenge, and for another one where the time of the first ran out.
 * @param {HTMLElement} place
 * @param {string} version
 * @param {AbortSignal} signal
 */
async function filmed(place, version, signal) {
  const stage = new Stage();
  const words = h("div", { class: "words" }, stage.main, stage.small);
  put(place, title(), stage.stage, words, stage.actions);
  await recallChoice();
  for (;;) {
    const { challenge } = await post("/face/enroll/challenge", { consent_version: version });
    signal.throwIfAborted();
    const burst = await film(stage, challenge, signal);
    if (burst === EXPIRED) continue;
    stage.showSign("waiting");
    stage.offer();
    stage.say(gettext("Checking …"), gettext("One moment …"));
    return burst;
  }
}

/** @param {Burst} burst */
function sent({ challenge, timesS, frames }) {
  const form = new FormData();
  form.append("challenge", String(challenge));
  form.append("times_s", JSON.stringify(timesS));
  for (const [n, frame] of frames.entries()) form.append("frames", frame, `${n + 1}.jpg`);
  return call("POST", "/face/enroll", form, { patienceMs: PATIENCE_MS });
}

/**
 * @param {HTMLElement} place
 * @param {Api.FaceEnrolment} answer
 * @param {() => Promise<void>} again
 */
function told(place, { status, message }, again) {
  if (status === "not_enrolled") {
    offer(place, gettext("Please try again"), message, again);
    return;
  }
  put(
    place,
    gettext("Done"),
    h("p", { class: "lead" }, message),
    h("a", { class: "button large", href: "#/face" }, gettext("Continue")),
  );
}

/**
 * @param {HTMLElement} place
 * @param {() => Promise<void>} again
 */
function withoutMoves(place, again) {
  const words = gettext(
    "Without the moves no face can be enrolled. You can check in without a face, and your " +
      "teacher confirms you. It makes no difference to your attendance.",
  );
  offer(place, title(), words, again);
}

/**
 * @param {HTMLElement} place
 * @param {string} heading
 * @param {string} words
 * @param {() => Promise<void>} start
 */
function offer(place, heading, words, start) {
  const starting = button(gettext("Start"), start, { class: "large" });
  put(place, heading, h("p", { class: "lead" }, words), starting, notNow());
}

/**
 * @param {HTMLElement} place
 * @param {string} heading
 * @param {...HTMLElement} parts
 */
function put(place, heading, ...parts) {
  place.replaceChildren(h("h1", {}, heading), ...parts);
}

const notNow = () => h("p", {}, h("a", { href: "#/face" }, gettext("Not now")));
