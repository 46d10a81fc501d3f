// Runs the student's page: it chooses the view that is shown, and keeps what stands around it.

import { takeFromAddress } from "./check_in/arrived.js";
import { tapped } from "./check_in/tones.js";
import { isLoggedIn, onSignedOut, Refused, Unreachable } from "./lib/api.js";
import { whatIsMissing } from "./lib/browser.js";
import { button, fill, find, focusOn, h, hush, problem, say, tell } from "./lib/dom.js";
import { go, logInAgain, showWith } from "./lib/router.js";

/**
 * @typedef {(() => void) | undefined | void} Leaving  What to do when the view is left, if anything.
 *
 * @typedef {object} View  What a module of a view exports.
 * @property {() => string} title
 * @property {(place: HTMLElement, rest: string[]) => Leaving | Promise<Leaving>} show  Fills the
 *   place. `rest` holds the parts of the address that follow the view's name; there may be none.
 */

/**
 * The module of each view, by the first part of the address after "#/".
 * @satisfies {Record<string, () => Promise<View>>}
 */
const VIEWS = {
  today: () => import("./views/today.js"),
  attendance: () => import("./views/attendance.js"),
  warnings: () => import("./views/warnings.js"),
  devices: () => import("./views/devices.js"),
  face: () => import("./views/face.js"),
  enrol: () => import("./views/enrol.js"),
  data: () => import("./views/data.js"),
  name: () => import("./views/name.js"),
  login: () => import("./views/login.js"),
  register: () => import("./views/register.js"),
  confirm: () => import("./views/confirm.js"),
  more: () => import("./views/more.js"),
  passkeys: () => import("./views/passkeys.js"),
  "check-in": () => import("./views/check_in.js"),
};
const OPEN_TO_ALL = new Set(["login", "register"]);
const UNDER_MORE = new Set(["warnings", "devices", "face", "enrol", "data", "name", "passkeys"]);
const FIRST = "today";
const TRY_AGAIN_MS = 10_000;

const place = find(document, "[data-view]");
const tabs = find(document, "[data-tabs]");
/** @type {(() => void) | null} */
let leave = null;
// The number of the view that was asked for last: an earlier, slower view must not take its place.
let wanted = 0;

async function show() {
  const mine = ++wanted;
  takeFromAddress();
  const [name = "", ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decoded);
  const known = isView(name) ? name : FIRST;
  const allowed = OPEN_TO_ALL.has(known) || (await isLoggedIn());
  if (mine !== wanted) return;
  if (!allowed) return go("login", location.hash.slice(2));
  leave?.();
  leave = null;
  if (OPEN_TO_ALL.has(known)) hush();
  else sendKept();
  mark(known);
  place.ariaBusy = "true";
  place.replaceChildren(h("p", { class: "soft" }, gettext("One moment …")));
  try {
    /** @type {View} */
    const view = await VIEWS[known]();
    if (mine !== wanted) return;
    const fresh = h("div", { class: "view" });
    const leaving = await view.show(fresh, rest);
    if (mine !== wanted) return leaving?.();
    leave = leaving ?? null;
    place.replaceChildren(fresh);
    title(view.title());
  } catch (error) {
    if (mine !== wanted) return;
    if (error instanceof Unreachable) offline();
    else place.replaceChildren(h("h1", {}, gettext("This did not work")), problem(error), again());
  }
  place.ariaBusy = "false";
  beginAtTheTop();
}

/**
 * Whether the table has a view of that name.
 * @param {string} name
 * @returns {name is keyof typeof VIEWS}
 */
const isView = (name) => Object.hasOwn(VIEWS, name);

/**
 * Decodes a part of the address; "" where it cannot be decoded, as when somebody has typed it.
 * @param {string} part
 */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

const again = () => button(gettext("Try again"), show);

const forever = new AbortController();
/** @type {Set<string>}  The sessions of which a kept check-in is being sent. */
const trying = new Set();

/** Sends a check-in that was kept without a network, wherever the student is by now. */
function sendKept() {
  if (document.querySelector("[data-recording], [data-live]")) return;
  import("./check_in/kept.js").then(sendAll).catch(() => {}); // the next view tries again
}

/** @typedef {typeof import("./check_in/kept.js")} KeptCheckIns  What that module exports. */

/** @param {KeptCheckIns} kept */
async function sendAll(kept) {
  for (const session of await kept.keptSessions()) sendOne(session, kept);
}

/**
 * @param {string} session  Its id.
 * @param {KeptCheckIns} kept
 */
async function sendOne(session, { TooOld, isAwaited, sendPatiently }) {
  if (trying.has(session)) return;
  trying.add(session);
  try {
    const decision = await sendPatiently(session, forever.signal);
    if (!decision || isAwaited(session)) return;
    tellDecision(decision);
  } catch (error) {
    if (isAwaited(session)) return;
    if (error instanceof TooOld) tell(error.message, "bad");
    if (error instanceof Refused) tellRefused(error.message);
  } finally {
    trying.delete(session);
  }
}

/** @param {Api.Decision} decision */
function tellDecision({ outcome, message, reasons }) {
  const against = outcome === "refused" ? reasons.filter(({ effect }) => effect === "refuse") : [];
  const decision = [message, ...against.map((reason) => reason.message)].join(" ");
  const words = fill(gettext("Your saved check-in was sent. %(decision)s"), { decision });
  tell(words, outcome === "refused" ? "bad" : "good");
}

/** @param {string} why */
function tellRefused(why) {
  const words = gettext(
    "Your saved check-in was not accepted: %(why)s Ask your teacher to mark you.",
  );
  tell(fill(words, { why }), "bad");
}

/** Says that there is no connection, and goes on by itself as soon as the server can be reached. */
function offline() {
  place.replaceChildren(
    h("h1", {}, gettext("No connection")),
    h(
      "p",
      { class: "lead" },
      gettext("Check Wi-Fi or mobile data. This page continues by itself."),
    ),
    h("p", {}, gettext("Is your session about to begin? Ask your teacher to mark you.")),
    again(),
  );
  title(gettext("No connection"));
  const timer = setInterval(show, TRY_AGAIN_MS);
  addEventListener("online", show);
  leave = () => {
    clearInterval(timer);
    removeEventListener("online", show);
  };
}

function beginAtTheTop() {
  focusOn(place.querySelector("h1"), { preventScroll: true });
  scrollTo(0, 0);
}

/** @param {string} words */
function title(words) {
  document.title = `${words} · ${gettext("Attendance")}`;
  say("");
}

/**
 * Marks the tab of a view.
 * @param {string} name  The view's.
 */
function mark(name) {
  tabs.hidden = OPEN_TO_ALL.has(name);
  const tab = UNDER_MORE.has(name) ? "more" : name;
  for (const link of tabs.querySelectorAll("a")) {
    if (link.getAttribute("href") === `#/${tab}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/**
 * Moves the focus past the head. The address after the # names the view, so the link alone cannot do it.
 * @param {Event} event
 */
function skip(event) {
  event.preventDefault();
  place.focus();
}

async function begin() {
  place.ariaBusy = "true";
  const missing = await whatIsMissing();
  if (missing) {
    place.ariaBusy = "false";
    tabs.hidden = true;
    place.replaceChildren(
      h("h1", {}, gettext("This browser cannot check you in")),
      h("p", {}, missing),
    );
    return;
  }
  showWith(show);
  addEventListener("hashchange", show);
  find(document, "[data-skip]").addEventListener("click", skip);
  find(tabs, 'a[href="#/check-in"]').addEventListener("click", tapped);
  onSignedOut(logInAgain);
  addEventListener("online", sendKept);
  await show();
  // This comes last, so that on a slow line the shell's copy does not delay what is looked at.
  navigator.serviceWorker?.register("/student/sw.js", { scope: "/student/" }).catch(() => null);
}

begin();
