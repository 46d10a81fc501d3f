// Step 3: the face, which follows the moves that the server drew.

import { Refused, serverNow } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { GaveUp, pause } from "./attempt.js";
import { lightHint, Recorder } from "./burst.js";
import { NoCamera, openCamera, visible, wasHidden, whileVisible } from "./camera.js";
import { hold, letGo } from "./later.js";
import { buzz, canSpeak, choose, isSpoken, recallChoice, speak } from "./speech.js";

const COUNTDOWN = 3;
const BUSY_MS = 2000;
const MISSES_EVENLY = 1; // films that missed a moment, until one is made without moments
const MISSES_MAX = 3; // as many as a challenge lives for
const SPARE_S = 4; // for the upload, before the challenge expires
const ARROWS = { turn_left: "←", turn_right: "→", look_up: "↑" };

/** The person cannot or will not make the moves. */
export const WITHOUT = "without";
/** There is no time left for this challenge: the check-in begins anew. */
export const EXPIRED = "expired";

/**
 * Films and sends bursts until one is good or no try is left.
 * @returns {Promise<undefined|WITHOUT|EXPIRED>}
 */
export async function showFace(screen, attempt, signal) {
  screen.progress(2);
  await recallChoice();
  for (let { challenge } = attempt.step; challenge; { challenge } = attempt.step) {
    const burst = await film(screen, challenge, signal);
    if (burst === WITHOUT || burst === EXPIRED) return burst;
    screen.show("blank", h("p", { class: "sign spin", "aria-hidden": "true" }, "◌"));
    screen.offer();
    screen.say(gettext("One moment …"), gettext("The pictures are looked at."));
    const step = await send(attempt, burst);
    if (!step.challenge) return undefined;
    const chosen = await tryAgain(screen, step, signal);
    if (chosen === WITHOUT) return chosen;
  }
  return undefined;
}

/**
 * Sends the burst. It lies sealed meanwhile, so that closing the page loses nothing; what was typed
 * cannot be sent later, since digits have no time in them.
 */
async function send(attempt, burst) {
  attempt.filmed(burst);
  // A phone whose storage is full cannot hold it, and sends it all the same.
  if (attempt.tokens.length) await hold(attempt, attempt.burstUntil).catch(() => null);
  try {
    const step = await attempt.show();
    await letGo(attempt);
    return step;
  } catch (error) {
    if (error.code === "attempt_expired" && attempt.tokens.length) throw new GaveUp(); // kept, and sent as such
    if (error instanceof Refused) await letGo(attempt);
    throw error;
  }
}

async function tryAgain(screen, step, signal) {
  const why = step.hint_message ?? step.reasons[0]?.message ?? "";
  const left = fill(ngettext("%(left)s try left.", "%(left)s tries left.", step.tries_left), {
    left: step.tries_left,
  });
  screen.show("blank", h("p", { class: "sign", "aria-hidden": "true" }, "↻"));
  screen.say(gettext("Once more, please"), `${why} ${left}`);
  return screen.ask(
    signal,
    [gettext("Start"), "again"],
    [gettext("I cannot make these moves"), WITHOUT, "quiet large"],
  );
}

async function film(screen, challenge, signal) {
  for (let misses = 0; ; ) {
    const own = whileVisible(signal);
    try {
      const burst = await filmOnce(screen, challenge, misses >= MISSES_EVENLY, own.signal);
      if (burst) return burst;
      misses = (misses + 1) % MISSES_MAX;
      if (!misses)
        throw new NoCamera(
          gettext("It gives too few pictures. More light and fewer open apps can help."),
        );
      screen.say(gettext("Once more, please"), gettext("The phone was busy for a moment."));
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

async function withoutCamera(screen, error, signal) {
  screen.show("blank", h("p", { class: "sign", "aria-hidden": "true" }, "▢"));
  screen.say(gettext("The camera cannot be used"), error.message);
  return screen.ask(
    signal,
    [gettext("Try the camera again"), "again"],
    [gettext("Go on without the face"), WITHOUT, "quiet large"],
  );
}

async function filmOnce(screen, challenge, evenly, signal) {
  screen.show("filming mirrored");
  screen.say(gettext("Look at the phone"), gettext("Opening the camera …"));
  const without = offer(screen);
  const camera = await Promise.race([openCamera("user", signal), without.chosen]);
  if (camera === WITHOUT) return WITHOUT;
  try {
    const oval = h("span", { class: "outline", "aria-hidden": "true" });
    screen.show("filming mirrored", camera.video, oval);
    return await Promise.race([
      follow(screen, camera.video, challenge, { without, evenly }, signal),
      without.chosen,
    ]);
  } finally {
    camera.close();
  }
}

/** The ways out, while the countdown runs. */
function offer(screen) {
  const state = { waits: false };
  state.chosen = new Promise((resolve) => {
    const wait = h(
      "button",
      { type: "button", class: "quiet", "aria-pressed": "false" },
      gettext("Wait"),
    );
    wait.addEventListener("click", () => {
      state.waits = !state.waits;
      wait.setAttribute("aria-pressed", String(state.waits));
      wait.textContent = state.waits ? gettext("Go on") : gettext("Wait");
    });
    const cannot = h(
      "button",
      { type: "button", class: "quiet", onclick: () => resolve(WITHOUT) },
      gettext("I cannot make these moves"),
    );
    screen.offer(wait, canSpeak() && speechButton(), cannot);
  });
  return state;
}

function speechButton() {
  const element = h(
    "button",
    { type: "button", class: "quiet", "aria-pressed": String(isSpoken()) },
    gettext("Speak the prompts"),
  );
  element.addEventListener("click", async () => {
    await choose(!isSpoken());
    element.setAttribute("aria-pressed", String(isSpoken()));
  });
  return element;
}

async function follow(screen, video, challenge, { without, evenly }, signal) {
  const recorder = new Recorder(video);
  await pictureSize(video, signal);
  if (!(await countDown(screen, recorder, challenge, without, signal))) return EXPIRED;
  await recorder.prepare(challenge, { evenly });
  screen.offer();
  screen.stage.dataset.recording = challenge.number;
  const count = challenge.prompts.length;
  atRest(
    screen,
    fill(gettext("%(count)s moves come, one after the other. Keep your face in the oval."), {
      count,
    }),
  );
  const onPrompt = (prompt, n) => (prompt ? prompted(screen, prompt, n, count) : over(screen));
  try {
    return await recorder.record(challenge, { evenly, onPrompt }, signal);
  } finally {
    delete screen.stage.dataset.move; // where filming ended within a prompt
    delete screen.stage.dataset.recording;
  }
}

async function pictureSize(video, signal) {
  while (!video.videoWidth) await pause(50, signal);
}

/** Three, two, one; longer while the light is bad or the person waits. False: no time is left. */
async function countDown(screen, recorder, challenge, state, signal) {
  const latestS = Date.parse(challenge.expires_at) / 1000 - challenge.duration_s - SPARE_S;
  for (let left = COUNTDOWN; left > 0; ) {
    if (serverNow() > latestS) return false;
    const light = lightHint(recorder.brightness());
    screen.say(
      gettext("Look straight at the phone"),
      light || fill(gettext("It begins in %(left)s"), { left }),
    );
    await pause(1000, signal);
    if (!state.waits && (!light || latestS - serverNow() < 15)) left -= 1;
  }
  return true;
}

function prompted(screen, { move, message }, n, count) {
  screen.stage.dataset.move = move;
  screen.say(
    [message, ARROWS[move]].filter(Boolean).join(" "),
    fill(gettext("%(nth)s of %(count)s · keep your face in the oval"), { nth: n + 1, count }),
  );
  speak(message);
}

function over(screen) {
  delete screen.stage.dataset.move;
  buzz();
  speak(gettext("And back."));
  atRest(screen, gettext("Keep your face in the oval."));
}

const atRest = (screen, small) => screen.say(gettext("Look straight at the phone"), small);
