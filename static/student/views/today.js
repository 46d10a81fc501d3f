// Shows the sessions of today: those that are open first and large, the others below them.

import { tapped } from "../check_in/tones.js";
import { clockIsOffBy, get, isConfirmed, serverNow, who } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { ForPeople } from "../lib/for_people.js";
import { day, hours, time } from "../lib/moments.js";
import { roomInWords } from "../lib/rooms.js";
import { obstacleOfPhone } from "../lib/this_phone.js";
import { badge, excuseNote, standingToday } from "./words.js";

/** @import { Who } from "../lib/api.js" */

/** The title of the view. */
export const title = () => gettext("Today");

const REFRESH_MS = 15_000;
const WORTH_TELLING_S = 60; // a clock that is wrong by less is not mentioned
const AHEAD_DAYS = 14; // the next session is looked for within so many days

/**
 * Fills the place, and keeps it up to date.
 * @param {HTMLElement} place
 * @returns {Promise<() => void>}  What to do when the view is left.
 */
export async function show(place) {
  const me = await who();
  let [sessions, obstacle, closed] = await Promise.all([today(me), obstacleOf(me), closedDays()]);
  const hindered = h("div", {}, noticeOf(obstacle));
  const list = h("div", { "data-sessions": "" });
  const stale = h("p", { class: "soft", role: "status" });
  place.append(
    h("h1", {}, title()),
    h("p", { class: "soft" }, day(now())),
    hindered,
    list,
    closed ?? "",
    stale,
    clockNote() ?? "",
  );
  let shown = "";
  const put = async (/** @type {Api.StudentSessionToday[]} */ rows) => {
    const fresh = JSON.stringify([rows, obstacle]);
    if (fresh === shown) return;
    const may = !obstacle?.refuses;
    const parts = rows.length ? arranged(rows, may) : [await nothingToday()];
    keepingFocus(list, () => list.replaceChildren(...parts));
    shown = fresh;
    if (may && rows.some(canCheckIn)) import("./check_in.js").catch(() => null); // so that the tap finds it there
  };
  await put(sessions);
  return whileVisible(async () => {
    try {
      if (obstacle) {
        obstacle = await obstacleOf(me);
        keepingFocus(hindered, () => hindered.replaceChildren(noticeOf(obstacle)));
      }
      await put(await today(me));
      stale.textContent = "";
    } catch (error) {
      if (error instanceof ForPeople) stale.textContent = error.message;
    }
  });
}

const now = () => new Date(serverNow() * 1000).toISOString();

/** @param {Who} me */
async function today(me) {
  const statistics = await get(`/attendance/statistics/today/${me.id}`);
  return /** @type {Api.StudentToday} */ (statistics).sessions;
}

/**
 * Calls the action every 15 s while the page is looked at.
 * @param {() => unknown} action
 * @returns {() => void}  Ends the calls.
 */
function whileVisible(action) {
  const look = () => document.visibilityState === "visible" && action();
  const timer = setInterval(look, REFRESH_MS);
  document.addEventListener("visibilitychange", look);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
  };
}

/**
 * Does the change, and puts the focus back on the link to the same address.
 * @param {HTMLElement} list
 * @param {() => void} change
 */
function keepingFocus(list, change) {
  const active = document.activeElement;
  const address = list.contains(active) && active?.getAttribute("href");
  change();
  if (!address) return;
  const links = [...list.querySelectorAll("a")];
  links.find((link) => link.getAttribute("href") === address)?.focus();
}

// --- what is shown ---------------------------------------------------------------------------

/**
 * @param {Api.StudentSessionToday[]} sessions
 * @param {boolean} may  Whether this phone can check its student in.
 */
function arranged(sessions, may) {
  const open = sessions.filter(({ state }) => state === "open");
  const rest = sessions.filter(({ state }) => state !== "open");
  const first = open.map((session) => card(session, "h2", may));
  const others = rest.map((session) => card(session, open.length ? "h3" : "h2", may));
  return [
    first.length ? h("ul", { class: "cards" }, first) : "",
    first.length && others.length ? h("h2", { class: "spaced" }, gettext("Also today")) : "",
    others.length ? h("ul", { class: "cards" }, others) : "",
  ].filter((part) => part !== "");
}

/**
 * @param {Api.StudentSessionToday} session
 * @param {"h2" | "h3"} heading
 * @param {boolean} may  Whether this phone can check its student in.
 */
function card(session, heading, may) {
  const room = roomInWords(session.room);
  const { kind, words, next } = standingToday(session);
  return h(
    "li",
    { class: session.state === "open" ? "card open-now" : "card" },
    h(heading, {}, session.subject),
    h(
      "p",
      { class: "soft" },
      [hours(session), room, session.teacher_name].filter(Boolean).map(onOneLine),
    ),
    h("p", {}, badge(kind, words), " ", excuse(session)),
    next ? h("p", {}, next) : null,
    may &&
      canCheckIn(session) &&
      h(
        "a",
        { class: "button large", href: `#/check-in/${session.session_id}`, onclick: tapped },
        gettext("Check in"),
      ),
  );
}

/**
 * Says the kind of an excuse for a session to come, and in one that is open that there is one.
 * @param {Api.StudentSessionToday} session
 */
const excuse = ({ state, status, check_in: tried, excused_as: as, excuse_kind: kind }) =>
  as && !status && !tried ? excuseNote(kind, state === "open") : null;

/**
 * @param {string} words
 * @param {number} n  Which of the words on the line it is, from 0.
 */
const onOneLine = (words, n) => [n ? " · " : "", h("span", { class: "whole" }, words)];

/** @param {Api.StudentSessionToday} session */
const canCheckIn = ({ state, status, check_in: tried }) =>
  state === "open" && tried !== "review" && (status === null || status === "absent");

async function nothingToday() {
  const until = new Date((serverNow() + AHEAD_DAYS * 86_400) * 1000).toISOString();
  const query = new URLSearchParams({
    starts_from: now(),
    starts_before: until,
    state: "planned",
    page_size: "200",
  });
  const { results } = await get(`/sessions?${query}`);
  const next = results.at(-1); // they come latest first
  return h(
    "div",
    { class: "card" },
    h("h2", {}, gettext("No sessions today")),
    next
      ? h("p", {}, fill(gettext("Next: %(subject)s on %(day)s, %(time)s."), whenOf(next)))
      : h(
          "p",
          {},
          gettext("Today's sessions appear here. Is one missing? Ask its teacher to add you."),
        ),
  );
}

/** Lists the closed days of the next two weeks; null where there are none. */
async function closedDays() {
  const at = serverNow();
  const first = dateOf(at);
  const query = new URLSearchParams({ first, until: dateOf(at + AHEAD_DAYS * 86_400) });
  const { results } = await get(`/closed-days?${query}`);
  if (!results.length) return null;
  return h(
    "section",
    { "data-closed-days": "" },
    h("h2", { class: "spaced" }, gettext("Closed days")),
    h("ul", {}, results.map(closedDay)),
  );
}

/** @param {Api.ClosedDay} closed */
const closedDay = ({ date, name }) => h("li", {}, `${day(`${date}T12:00Z`, "UTC")}: ${name}`);

/**
 * The date that this phone's calendar shows, as in 2027-01-31.
 * @param {number} at  A moment in seconds since 1970.
 */
function dateOf(at) {
  const moment = new Date(at * 1000);
  const offsetMs = moment.getTimezoneOffset() * 60_000;
  return new Date(moment.getTime() - offsetMs).toISOString().slice(0, 10);
}

/** @param {Api.Session} session */
const whenOf = (session) => ({
  subject: session.subject_name,
  day: day(session.starts_at, session.time_zone),
  time: time(session.starts_at, session.time_zone),
});

/**
 * @typedef {object} Hindrance  What stands in the way of checking in.
 * @property {string} head
 * @property {string} [todo]
 * @property {string} href  The view that says what to do.
 * @property {boolean} refuses  Whether a check-in would be refused.
 */

/**
 * What stands in the way of checking in; null where nothing does.
 * @param {Who} me
 * @returns {Promise<Hindrance | null>}
 */
async function obstacleOf(me) {
  if (!(await isConfirmed(me))) {
    const head = gettext("Your e-mail address is not confirmed yet.");
    return { head, href: "#/confirm", refuses: false };
  }
  const obstacle = await obstacleOfPhone(me);
  return obstacle && { ...obstacle, href: "#/devices", refuses: true };
}

/** @param {Hindrance | null} hindrance */
function noticeOf(hindrance) {
  if (!hindrance) return "";
  const { head, todo, href } = hindrance;
  return h(
    "div",
    { class: "card notice", role: "status" },
    todo ? h("h2", {}, head) : h("p", {}, head),
    todo ? h("p", {}, todo) : null,
    h("a", { href }, gettext("What to do")),
  );
}

function clockNote() {
  const offS = clockIsOffBy();
  if (Math.abs(offS) < WORTH_TELLING_S) return null;
  const minutes = Math.round(Math.abs(offS) / 60);
  const slow = ngettext(
    "This phone's clock is %(n)s minute slow.",
    "This phone's clock is %(n)s minutes slow.",
    minutes,
  );
  const fast = ngettext(
    "This phone's clock is %(n)s minute fast.",
    "This phone's clock is %(n)s minutes fast.",
    minutes,
  );
  const words = fill(offS > 0 ? slow : fast, { n: minutes });
  return h(
    "p",
    { class: "soft", "data-clock": "" },
    `${words} ${gettext("This page uses the right time anyway.")}`,
  );
}
