// Check in: the code, the room, the face, and how it ended.

import { takeArrived } from "../check_in/arrived.js";
import { Attempt, GaveUp, pause } from "../check_in/attempt.js";
import { EXPIRED, showFace, WITHOUT } from "../check_in/face_step.js";
import { drop, recall, remember } from "../check_in/last.js";
import { keep, untilSent } from "../check_in/later.js";
import { showOutcome } from "../check_in/outcome.js";
import { proveRoom } from "../check_in/proximity.js";
import { gatherCodes } from "../check_in/scan_step.js";
import { Screen } from "../check_in/screen.js";
import { get, Refused } from "../lib/api.js";
import { button, fill, h, time } from "../lib/dom.js";

const OPENS_MS = 5000;

export const title = () => gettext("Check in");

/** @param {string[]} rest  The session's id; without one, the session of the student that is open. */
export async function show(place, [sessionId]) {
  const arrived = takeArrived();
  const life = new AbortController();
  const found = sessionId
    ? [await get(`/sessions/${encodeURIComponent(sessionId)}`)]
    : await openOnes();
  if (found.length === 1) begin(place, found[0], arrived, life.signal);
  else choose(place, found, arrived, life.signal);
  return () => life.abort();
}

const openOnes = async () => (await get("/sessions?state=open")).results;

function choose(place, sessions, arrived, signal) {
  const one = (session) => {
    const where = [time(session.starts_at, session.time_zone), session.room, session.teacher_name]
      .filter(Boolean)
      .join(" · ");
    const start = () => begin(place, session, arrived, signal);
    return h(
      "li",
      { class: "card" },
      h("h2", {}, session.subject_name),
      h("p", { class: "soft" }, where),
      button(gettext("Check in"), start, { class: "large" }),
    );
  };
  const nothing = [
    h("p", { class: "lead" }, gettext("No class of yours is open right now.")),
    h(
      "p",
      {},
      gettext(
        "Your teacher opens it when the lecture begins. If it is on, ask whether you are on the course's list.",
      ),
    ),
    h("a", { class: "button large", href: "#/today" }, gettext("See today's classes")),
  ];
  place.replaceChildren(
    h("h1", {}, title()),
    ...(sessions.length ? [h("ul", { class: "cards" }, sessions.map(one))] : nothing),
  );
}

/** Runs in the background of the view; whatever goes wrong is said on the screen. */
async function begin(place, session, arrived, signal) {
  const screen = new Screen(place, session);
  try {
    await run(screen, session, arrived, signal);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof GaveUp || error instanceof Refused)
      stopped(screen, error, () => begin(place, session, "", signal));
    else unforeseen(screen, error, () => begin(place, session, "", signal));
  }
}

async function run(screen, session, arrived, signal) {
  if (await showLast(screen, session, signal)) return;
  session = await untilOpen(screen, session, signal);
  screen.progress(0);
  const faces = get("/face").catch(() => null); // meanwhile
  const startedAt = performance.now();
  for (let token = arrived; ; token = "") {
    const attempt = new Attempt(session, signal, (on) => screen.waiting(on));
    const decision = await decided(screen, attempt, token, faces);
    if (!decision) continue;
    screen.waiting(false);
    const tookS = (performance.now() - startedAt) / 1000;
    return finish(screen, attempt, decision, tookS);
  }
}

/** The decision, null where all has to begin anew. What no network takes is kept for later. */
async function decided(screen, attempt, token, faces) {
  try {
    await sendCodes(screen, attempt, token);
    return attempt.step.decision ?? (await gatherRest(screen, attempt, faces));
  } catch (error) {
    if (!(error instanceof GaveUp) || !attempt.tokens.length) throw error;
    await keep(attempt);
    return sentLater(screen, attempt);
  }
}

async function sentLater(screen, { session, signal }) {
  screen.waiting(false);
  screen.progress(2);
  screen.show("blank", h("p", { class: "sign", "aria-hidden": "true" }, "…"));
  screen.offer();
  screen.say(
    gettext("Your check-in is kept"),
    gettext(
      "It goes out by itself when the connection is back, for up to ten minutes, and your " +
        "teacher then confirms it. Is there no network at all? Tell your teacher, who can mark you " +
        "by hand.",
    ),
  );
  const decision = await untilSent(session.id, signal);
  if (!decision) throw new GaveUp();
  return decision;
}

async function finish(screen, attempt, decision, tookS) {
  const { id, session, signal } = attempt;
  const needs = attempt.step?.needs;
  if (decision.outcome === "refused" || !id) await drop(session.id);
  else await remember(session.id, { attempt: id, nonce: attempt.nonce, needs });
  const again = () =>
    run(screen, session, "", signal).catch(
      (error) => signal.aborted || stopped(screen, error, again),
    );
  const ask = () => (id ? attempt.mark() : Promise.reject(new GaveUp()));
  await showOutcome(screen, decision, ask, { needs, session, tookS, again }, signal);
}

/** After a reload: how the last check-in of this session stands now. */
async function showLast(screen, session, signal) {
  const last = await recall(session.id);
  if (!last) return false;
  const attempt = new Attempt(session, signal, (on) => screen.waiting(on));
  Object.assign(attempt, { nonce: last.nonce, step: { attempt: last.attempt, needs: last.needs } });
  const decision = await attempt.mark().catch((error) => {
    if (error instanceof Refused) return null; // of somebody who used this phone before
    throw error;
  });
  if (!decision) return false;
  await finish(screen, attempt, decision);
  return true;
}

async function untilOpen(screen, session, signal) {
  while (session.state !== "open") {
    const closed = session.state !== "planned";
    screen.show("blank", h("p", { class: "sign", "aria-hidden": "true" }, closed ? "–" : "◌"));
    screen.say(
      closed ? gettext("This class is closed") : gettext("Not open yet"),
      closed
        ? gettext("Ask your teacher to mark you.")
        : fill(
            gettext(
              "It begins at %(time)s. This page goes on by itself when your teacher opens it.",
            ),
            { time: time(session.starts_at, session.time_zone) },
          ),
    );
    screen.offer(
      h("a", { class: "button quiet large", href: "#/today" }, gettext("Back to today")),
    );
    await pause(OPENS_MS, signal);
    session = await get(`/sessions/${session.id}`).catch(() => session);
  }
  return session;
}

/** Step 1 with its sending. */
async function sendCodes(screen, attempt, arrived) {
  const codes = await gatherCodes(screen, attempt.session, arrived, attempt.signal);
  screen.show("blank", h("p", { class: "sign spin", "aria-hidden": "true" }, "◌"));
  screen.offer();
  screen.say(gettext("Code read"), gettext("One moment …"));
  try {
    await (codes.digits ? attempt.type(codes.digits) : attempt.scan(codes.tokens));
  } catch (error) {
    if (!(error instanceof GaveUp) || codes.digits) throw error;
    await attempt.openAhead(); // with a challenge from this, all goes in one request at the end
  }
  await rename(screen, attempt);
}

/** The code names its session, which may be another than the one that was chosen. */
async function rename(screen, attempt) {
  const { session } = attempt.step;
  if (!session || session === attempt.session.id) return;
  attempt.session = await get(`/sessions/${session}`);
  screen.name(attempt.session);
}

/** Steps 2 and 3; null where all has to begin anew. */
async function gatherRest(screen, attempt, faces) {
  if (!attempt.id) return decisionless(attempt.step);
  await proveRoom(screen, attempt, attempt.signal);
  let ended = null;
  if (attempt.step.needs.face !== "off" && (await hasFace(screen, faces, attempt.signal))) {
    ended = await showFace(screen, attempt, attempt.signal);
    if (ended === EXPIRED) return tookLong(screen, attempt.signal);
    if (attempt.step.decision) return attempt.step.decision;
  }
  screen.show("blank", h("p", { class: "sign spin", "aria-hidden": "true" }, "◌"));
  screen.offer();
  screen.say(gettext("One moment …"));
  return attempt.mark({ withoutFace: ended === WITHOUT });
}

/** What was read belongs to no session: shown like a decision, with what to do. */
const decisionless = ({ reasons }) => ({
  outcome: "refused",
  message: gettext("This was not accepted."),
  ...{ reasons, counted: [], attendance: null, decided_at: new Date().toISOString() },
});

/** Whether there is a face to compare with; said in words where there is none. */
async function hasFace(screen, faces, signal) {
  const standing = await faces;
  const stands = (face) => face.status === "approved" && !face.needs_renewal;
  if (!standing || standing.faces.some(stands)) return true;
  screen.progress(2);
  screen.show("blank", h("p", { class: "sign", "aria-hidden": "true" }, "○"));
  const declined = standing.consent !== "given" && standing.consent !== null;
  screen.say(
    gettext("No face step for you"),
    declined
      ? gettext("You chose to check in without a face. Your teacher confirms.")
      : gettext("No face of yours is approved yet. Your teacher confirms."),
  );
  await pause(1500, signal);
  return false;
}

async function tookLong(screen, signal) {
  screen.say(gettext("That took long"), gettext("The code is too old by now. Scan it again."));
  await pause(2500, signal);
  return null;
}

function stopped(screen, error, again) {
  screen.waiting(false);
  screen.show("blank", h("p", { class: "sign", "aria-hidden": "true" }, "!"));
  screen.say(gettext("This did not work"), error.message);
  screen.offer(
    h("button", { type: "button", class: "large", onclick: again }, gettext("Try again")),
  );
}

function unforeseen(screen, error, again) {
  console.warn(error.name);
  stopped(
    screen,
    new Error(gettext("Something went wrong here. Try again, or ask your teacher to mark you.")),
    again,
  );
}
