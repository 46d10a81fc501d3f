// Checks the student in by the code, the room and the face, and shows how it ended.

import { takeArrived } from "../check_in/arrived.js";
import { Attempt, GaveUp, pause } from "../check_in/attempt.js";
import { openCamera } from "../check_in/camera.js";
import { isEnrolled, whyNoFace } from "../check_in/enrolled.js";
import { showFace } from "../check_in/face_step.js";
import { keep, untilSent } from "../check_in/kept.js";
import { drop, recall, remember } from "../check_in/last.js";
import { showOutcome } from "../check_in/outcome.js";
import { confirmOwner } from "../check_in/owner_step.js";
import { askObstacle, untilAccepted } from "../check_in/phone_check.js";
import { dropReader, prepareReader } from "../check_in/reader.js";
import { Room } from "../check_in/room_step.js";
import { gatherCodes } from "../check_in/scan_step.js";
import { Screen } from "../check_in/screen.js";
import { tapped } from "../check_in/tones.js";
import { EXPIRED, WITHOUT } from "../check_in/ways_out.js";
import { get, Refused } from "../lib/api.js";
import { button, fill, h } from "../lib/dom.js";
import { messageOf, nameOf } from "../lib/for_people.js";
import { time } from "../lib/moments.js";

const OPENS_MS = 5000;
const READ_MS = 1500; // for a sentence to be read, before the next one comes
const READ_LONG_MS = 2500; // for two sentences

/** @import { Camera } from "../check_in/camera.js" */
/** @import { Gathered } from "../check_in/scan_step.js" */
/** @import { Obstacle } from "../lib/this_phone.js" */

/**
 * @typedef {object} Start  What a check-in begins with.
 * @property {string} arrived  A code that the phone's own camera app opened, or "".
 * @property {Promise<Obstacle | null>} phone  What keeps this phone from checking its student in.
 *
 * @typedef {Promise<Api.FaceStatus | null>} Faces  Null where the server could not be asked.
 *
 * @typedef {object} Ahead  What goes on beside the steps.
 * @property {Room} room
 * @property {Faces} faces
 */

/** The title of the view. */
export const title = () => gettext("Check in");

/**
 * Fills the place, and begins the check-in where it is plain for which session.
 * @param {HTMLElement} place
 * @param {string[]} rest  The session's id. Without it, the student's sessions that are open are offered.
 * @returns {Promise<() => void>}  What to do when the view is left.
 */
export async function show(place, [sessionId]) {
  const arrived = takeArrived();
  const life = new AbortController();
  const phone = askObstacle();
  prepareReader();
  life.signal.addEventListener("abort", dropReader, { once: true });
  const found = sessionId
    ? [await get(`/sessions/${encodeURIComponent(sessionId)}`)]
    : await openOnes();
  const [first, ...others] = found;
  if (first && !others.length) begin(place, first, { arrived, phone }, life.signal);
  else choose(place, found, { arrived, phone }, life.signal);
  return () => life.abort();
}

const openOnes = async () => (await get("/sessions?state=open")).results;

/**
 * @param {HTMLElement} place
 * @param {Api.Session[]} sessions  Those that are open: none, or more than one.
 * @param {Start} start
 * @param {AbortSignal} signal
 */
function choose(place, sessions, start, signal) {
  const one = (/** @type {Api.Session} */ session) => {
    const where = [time(session.starts_at, session.time_zone), session.room, session.teacher_name]
      .filter(Boolean)
      .join(" · ");
    const checkIn = () => {
      tapped();
      begin(place, session, start, signal);
    };
    return h(
      "li",
      { class: "card" },
      h("h2", {}, session.subject_name),
      h("p", { class: "soft" }, where),
      button(gettext("Check in"), checkIn, { class: "large" }),
    );
  };
  const nothing = [
    h("p", { class: "lead" }, gettext("No session is open right now.")),
    h(
      "p",
      {},
      gettext(
        "Your teacher opens a session when it begins. Has it begun? Ask whether you are on the course.",
      ),
    ),
    h("a", { class: "button large", href: "#/today" }, gettext("See today's sessions")),
  ];
  place.replaceChildren(
    h("h1", {}, title()),
    ...(sessions.length ? [h("ul", { class: "cards" }, sessions.map(one))] : nothing),
  );
}

/**
 * Checks in, in the background of the view. Whatever goes wrong is said on the screen.
 * @param {HTMLElement} place
 * @param {Api.Session} session
 * @param {Start} start
 * @param {AbortSignal} signal
 */
async function begin(place, session, start, signal) {
  const screen = new Screen(place, session);
  try {
    await run(screen, session, start, signal);
  } catch (error) {
    if (signal.aborted) return;
    const again = () => begin(place, session, anew(), signal);
    if (error instanceof GaveUp || error instanceof Refused) stopped(screen, error.message, again);
    else unforeseen(screen, error, again);
  }
}

/**
 * How a check-in begins that is tried again.
 * @returns {Start}
 */
const anew = () => ({ arrived: "", phone: askObstacle() });

/**
 * @param {Screen} screen
 * @param {Api.Session} chosen
 * @param {Start} start
 * @param {AbortSignal} signal
 */
async function run(screen, chosen, { arrived, phone }, signal) {
  if (await showLast(screen, chosen, signal)) return;
  await untilAccepted(screen, phone, signal);
  const session = await untilOpen(screen, chosen, signal);
  const ahead = { room: roomOf(session, signal), faces: get("/face").catch(() => null) };
  const startedAt = performance.now();
  try {
    for (let token = arrived; ; token = "") {
      screen.asksLock(false);
      for (const n of [0, 1, 2]) screen.mark(n, null);
      screen.progress(0);
      const attempt = new Attempt(session, signal, (on) => screen.waiting(on));
      const decision = await decided(screen, attempt, token, ahead);
      if (!decision) continue;
      screen.waiting(false);
      const tookS = (performance.now() - startedAt) / 1000;
      ahead.room.end();
      return await finish(screen, attempt, decision, tookS);
    }
  } finally {
    ahead.room.end();
  }
}

/**
 * Begins what shows the room, where that can be begun before the code is read.
 * @param {Api.Session} session
 * @param {AbortSignal} signal
 */
function roomOf({ id, bluetooth, room_now: known }, signal) {
  const room = new Room(signal);
  if (bluetooth === "off") return room;
  if (known) room.begin(known);
  else
    get(`/sessions/${id}`).then(
      ({ room_now: now }) => now && room.begin(now),
      () => null,
    );
  return room;
}

/**
 * Gathers and sends everything. Where no network takes it, it is kept and sent later.
 * @param {Screen} screen
 * @param {Attempt} attempt
 * @param {string} token
 * @param {Ahead} ahead
 * @returns {Promise<Api.Decision | null>}  Null where all has to begin anew.
 */
async function decided(screen, attempt, token, ahead) {
  try {
    return await gathered(screen, attempt, token, ahead);
  } catch (error) {
    if (!(error instanceof GaveUp) || !attempt.tokens.length) throw error;
    ahead.room.end();
    await keep(attempt);
    return sentLater(screen, attempt);
  }
}

/**
 * Gathers and sends everything.
 * @param {Screen} screen
 * @param {Attempt} attempt
 * @param {string} token
 * @param {Ahead} ahead
 * @returns {Promise<Api.Decision | null>}  Null where all has to begin anew.
 */
async function gathered(screen, attempt, token, ahead) {
  const { session, signal } = attempt;
  const codes = await gatherCodes(screen, session, token, signal);
  const front = frontCamera(ahead.faces, session, signal);
  front.catch(() => null); // the face step opens it again, and tells why it does not open
  try {
    await sendCodes(screen, attempt, codes);
    if (attempt.inOneRequest && !attempt.inTime) return await tookLong(screen, signal);
    return attempt.step.decision ?? (await gatherRest(screen, attempt, ahead, front));
  } finally {
    front.then((camera) => camera?.close()).catch(() => null);
  }
}

/**
 * Opens the front camera while the codes are being sent, where a face is going to be filmed. At level
 * Standard nobody knows that before the codes are taken.
 * @param {Faces} faces
 * @param {Api.Session} session
 * @param {AbortSignal} signal
 */
async function frontCamera(faces, { level }, signal) {
  if (level !== "strict" || !isEnrolled(await faces)) return null;
  return openCamera("user", signal);
}

/**
 * @param {Screen} screen
 * @param {Attempt} attempt
 */
async function sentLater(screen, { session, signal, hasRoom }) {
  screen.waiting(false);
  screen.progress(-1);
  screen.showSign("later", "told");
  screen.offer();
  screen.say(
    gettext("Your check-in is saved"),
    hasRoom
      ? gettext(
          "It is sent when the connection returns, within ten minutes. Your teacher will then " +
            "confirm it. No network at all? Ask your teacher to mark you.",
        )
      : gettext(
          "Show yourself to your teacher, who can mark you. Your codes count only if the " +
            "connection returns within half a minute.",
        ),
  );
  const decision = await untilSent(session.id, signal);
  if (!decision) throw new GaveUp();
  return decision;
}

/**
 * @param {Screen} screen
 * @param {Attempt} attempt
 * @param {Api.Decision} decision
 * @param {number} [tookS]  How long the check-in took, in seconds; missing where it was not made just now.
 */
async function finish(screen, attempt, decision, tookS) {
  const { id, session, signal } = attempt;
  const needs = attempt.step.needs ?? null;
  if (!attempt.step.decision) attempt.decided(decision);
  if (decision.outcome === "refused" || !id) await drop(session.id);
  else await remember(session.id, { attempt: id, nonce: attempt.nonce, needs });
  const again = () =>
    run(screen, session, anew(), signal).catch((error) => {
      if (!signal.aborted) stopped(screen, messageOf(error), again);
    });
  const ask = () => (id ? attempt.mark() : Promise.reject(new GaveUp()));
  await showOutcome(screen, decision, ask, { needs, session, tookS, again }, signal);
}

/**
 * Shows after a reload how the last check-in of this session stands now.
 * @param {Screen} screen
 * @param {Api.Session} session
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}  Whether there was one.
 */
async function showLast(screen, session, signal) {
  const last = await recall(session.id);
  if (!last) return false;
  const attempt = new Attempt(session, signal, (on) => screen.waiting(on));
  attempt.nonce = last.nonce;
  attempt.step = { attempt: last.attempt, needs: last.needs };
  const decision = await attempt.mark().catch((error) => {
    if (error instanceof Refused) return null; // it is of somebody who used this phone before
    throw error;
  });
  if (!decision) return false;
  await finish(screen, attempt, decision);
  return true;
}

/**
 * Waits until the session is open, and gives it.
 * @param {Screen} screen
 * @param {Api.Session} chosen
 * @param {AbortSignal} signal
 */
async function untilOpen(screen, chosen, signal) {
  let session = chosen;
  while (session.state !== "open") {
    sayClosed(screen, session);
    await pause(OPENS_MS, signal);
    const known = session;
    session = await get(`/sessions/${known.id}`).catch(() => known);
  }
  return session;
}

/**
 * @param {Screen} screen
 * @param {Api.Session} session  One that is not open.
 */
function sayClosed(screen, session) {
  const closed = session.state !== "planned";
  screen.showSign(closed ? "closed" : "later");
  if (closed)
    screen.say(gettext("This session is closed"), gettext("Ask your teacher to mark you."));
  else screen.say(gettext("Not open yet"), beginsAt(session));
  screen.offer(h("a", { class: "button quiet large", href: "#/today" }, gettext("Back to today")));
}

/** @param {Api.Session} session */
function beginsAt({ starts_at: start, time_zone: zone }) {
  const words = gettext("It begins at %(time)s. This page continues when your teacher opens it.");
  return fill(words, { time: time(start, zone) });
}

/**
 * Sends what step 1 has gathered.
 * @param {Screen} screen
 * @param {Attempt} attempt
 * @param {Gathered} codes
 */
async function sendCodes(screen, attempt, codes) {
  screen.showSign("waiting");
  screen.offer();
  screen.say(gettext("Code read"), gettext("One moment …"));
  try {
    if (codes.digits !== undefined) await attempt.type(codes.digits);
    else await attempt.scan(codes.tokens);
  } catch (error) {
    if (!(error instanceof GaveUp) || codes.digits) throw error;
    await attempt.openAhead(); // it has its challenge then, and all goes in one request at the end
  }
  await rename(screen, attempt);
}

/**
 * The code names its session, which may be another than the one that was chosen.
 * @param {Screen} screen
 * @param {Attempt} attempt
 */
async function rename(screen, attempt) {
  const { session } = attempt.step;
  if (!session || session === attempt.session.id) return;
  attempt.session = await get(`/sessions/${session}`);
  screen.name(attempt.session);
}

/**
 * Does steps 2 and 3. The face comes first, while the room is being shown. Where there is no network, the
 * room comes first, since only the room lets late codes count.
 * @param {Screen} screen
 * @param {Attempt} attempt
 * @param {Ahead} ahead
 * @param {Promise<Camera | null>} camera  The front camera.
 * @returns {Promise<Api.Decision | null>}  Null where all has to begin anew.
 */
async function gatherRest(screen, attempt, { room, faces }, camera) {
  if (!attempt.id) return decisionless(attempt.step);
  const { signal } = attempt;
  screen.mark(0, "done", gettext("done"));
  room.goOn(screen, attempt);
  if (attempt.inOneRequest) await room.prove(screen, attempt, signal);
  if (attempt.step.needs?.passkey === "required") await confirmOwner(screen, attempt, signal);
  if (attempt.step.decision) return attempt.step.decision;
  let ended = null;
  if (attempt.step.needs?.face !== "off" && (await hasFace(screen, faces, signal))) {
    await tellWhy(screen, attempt.step, signal);
    const isLast = () => room.isSettled(attempt);
    ended = await showFace(screen, attempt, { camera, isLast }, signal);
    if (ended === EXPIRED) return tookLong(screen, signal);
    if (attempt.step.decision) return attempt.step.decision;
    if (ended === WITHOUT) screen.mark(2, "skipped", gettext("not done"));
    else if (attempt.step.accepted) screen.mark(2, "done", gettext("done"));
  }
  if (!attempt.inOneRequest) await room.prove(screen, attempt, signal);
  if (attempt.step.decision) return attempt.step.decision;
  screen.showSign("waiting");
  screen.offer();
  screen.say(gettext("One moment …"));
  return attempt.mark({ withoutFace: ended === WITHOUT });
}

/**
 * Says why the face is asked for, where it is not asked for each time.
 * @param {Screen} screen
 * @param {Partial<Api.Step>} step
 * @param {AbortSignal} signal
 */
async function tellWhy(screen, { needs }, signal) {
  if (!needs?.face_ask_message) return;
  screen.progress(2);
  screen.showSign("face");
  screen.offer();
  screen.say(gettext("Your face is needed"), needs.face_ask_message);
  await pause(READ_MS, signal);
}

/**
 * Makes a decision to show where the code belongs to no session. Its reasons say what to do.
 * @param {Partial<Api.Step>} step
 * @returns {Api.Decision}
 */
const decisionless = ({ reasons = [] }) => ({
  decision: "",
  outcome: "refused",
  message: gettext("Your check-in was not accepted."),
  reasons,
  counted: [],
  spared: null,
  attendance: null,
  decided_at: new Date().toISOString(),
});

/**
 * Whether there is a face to compare with. Where there is none, the screen says so.
 * @param {Screen} screen
 * @param {Faces} faces
 * @param {AbortSignal} signal
 */
async function hasFace(screen, faces, signal) {
  const standing = await faces;
  if (!standing || isEnrolled(standing)) return true;
  screen.progress(2);
  screen.mark(2, "skipped", gettext("not done"));
  screen.showSign("face");
  screen.offer();
  screen.say(gettext("No face step"), whyNoFace(standing));
  await pause(READ_MS, signal);
  return false;
}

/**
 * @param {Screen} screen
 * @param {AbortSignal} signal
 */
async function tookLong(screen, signal) {
  screen.showSign("again");
  screen.offer();
  screen.say(gettext("That took too long"), gettext("The code is too old now. Scan it again."));
  await pause(READ_LONG_MS, signal);
  return null;
}

/**
 * @param {Screen} screen
 * @param {string} why
 * @param {() => void} again
 */
function stopped(screen, why, again) {
  screen.waiting(false);
  screen.progress(-1);
  screen.showSign("attention");
  screen.say(gettext("This did not work"), why);
  screen.offer(
    h("button", { type: "button", class: "large", onclick: again }, gettext("Try again")),
  );
}

/**
 * @param {Screen} screen
 * @param {unknown} error
 * @param {() => void} again
 */
function unforeseen(screen, error, again) {
  console.warn(nameOf(error));
  const why = gettext("Something went wrong here. Try again, or ask your teacher to mark you.");
  stopped(screen, why, again);
}
