// The student's page: which view is shown, and what stands around it.

import { takeFromAddress } from "./check_in/arrived.js";
import { events, isLoggedIn, Refused, Unreachable } from "./lib/api.js";
import { whatIsMissing } from "./lib/browser.js";
import { button, fill, h, hush, problem, say, tell } from "./lib/dom.js";
import { go, logInAgain, showWith } from "./lib/router.js";

/**
 * By the first part of the address after "#/". A view is a module with
 * `title()` and `show(place, rest)`, which fills the place and may return what to do on leaving.
 */
const VIEWS = {
  today: () => import("./views/today.js"),
  attendance: () => import("./views/attendance.js"),
  warnings: () => import("./views/warnings.js"),
  devices: () => import("./views/devices.js"),
  face: () => import("./views/face.js"),
  enrol: () => import("./views/enrol.js"),
  data: () => import("./views/data.js"),
  login: () => import("./views/login.js"),
  register: () => import("./views/register.js"),
  more: () => import("./views/more.js"),
  passkeys: () => import("./views/passkeys.js"),
  "check-in": () => import("./views/check_in.js"),
};
const OPEN_TO_ALL = new Set(["login", "register"]);
const UNDER_MORE = new Set(["warnings", "devices", "face", "enrol", "data", "passkeys"]);
const FIRST = "today";
const TRY_AGAIN_MS = 10_000;

const place = document.querySelector("[data-view]");
const tabs = document.querySelector("[data-tabs]");
let leave = null;
let wanted = 0; // a slower view must not take the place of one that was asked for later

async function show() {
  const mine = ++wanted;
  takeFromAddress();
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decoded);
  const known = Object.hasOwn(VIEWS, name) ? name : FIRST;
  const allowed = OPEN_TO_ALL.has(known) || (await isLoggedIn());
  if (mine !== wanted) return;
  if (!allowed) return go("login", location.hash.slice(2));
  leave?.();
  leave = null;
  if (OPEN_TO_ALL.has(known)) hush();
  else sendKept();
  mark(known);
  place.replaceChildren(h("p", { class: "soft" }, gettext("One moment …")));
  try {
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
  beginAtTheTop();
}

/** What came from somebody's keyboard need not be well written. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

const again = () => button(gettext("Try again"), show);

const forever = new AbortController();
const trying = new Set(); // the sessions of which a kept check-in is being sent, for as long as it takes

/** A check-in that was kept without a network goes out from wherever the student is by now. */
function sendKept() {
  if (document.querySelector("[data-recording]")) return;
  import("./check_in/later.js").then(sendAll).catch(() => {}); // the next view tries again
}

async function sendAll(later) {
  for (const session of await later.keptSessions()) sendOne(session, later);
}

async function sendOne(session, { TooOld, isAwaited, sendPatiently }) {
  if (trying.has(session)) return;
  trying.add(session);
  try {
    const decision = await sendPatiently(session, forever.signal);
    if (!decision || isAwaited(session)) return;
    const refused = decision.outcome === "refused";
    const why = refused
      ? decision.reasons.filter(({ effect }) => effect === "refuse").map(({ message }) => message)
      : [];
    const words = fill(gettext("Your check-in that was kept is sent. %(decision)s"), {
      decision: [decision.message, ...why].join(" "),
    });
    tell(words, refused ? "bad" : "good");
  } catch (error) {
    if (isAwaited(session)) return;
    if (error instanceof TooOld) tell(error.message, "bad");
    if (error instanceof Refused)
      tell(
        fill(
          gettext(
            "Your check-in that was kept was not taken: %(why)s Tell your teacher, who can mark you.",
          ),
          { why: error.message },
        ),
        "bad",
      );
  } finally {
    trying.delete(session);
  }
}

/** Goes on by itself as soon as the server can be reached. */
function offline() {
  place.replaceChildren(
    h("h1", {}, gettext("There is no connection")),
    h(
      "p",
      { class: "lead" },
      gettext("Check Wi-Fi or mobile data. This page goes on by itself as soon as it can."),
    ),
    h("p", {}, gettext("Is class about to begin? Tell your teacher, who can mark you by hand.")),
    again(),
  );
  title(gettext("There is no connection"));
  const timer = setInterval(show, TRY_AGAIN_MS);
  addEventListener("online", show);
  leave = () => {
    clearInterval(timer);
    removeEventListener("online", show);
  };
}

function beginAtTheTop() {
  const heading = place.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function title(words) {
  document.title = `${words} · ${gettext("Attendance")}`;
  say("");
}

function mark(name) {
  tabs.hidden = OPEN_TO_ALL.has(name);
  const tab = UNDER_MORE.has(name) ? "more" : name;
  for (const link of tabs.querySelectorAll("a")) {
    if (link.getAttribute("href") === `#/${tab}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

// As the address after the # names the view, the link that skips the head cannot use it.
function skip(event) {
  event.preventDefault();
  place.focus();
}

async function begin() {
  const missing = await whatIsMissing();
  if (missing) {
    tabs.hidden = true;
    place.replaceChildren(
      h("h1", {}, gettext("This browser cannot check you in")),
      h("p", {}, missing),
    );
    return;
  }
  showWith(show);
  addEventListener("hashchange", show);
  document.querySelector("[data-skip]").addEventListener("click", skip);
  events.addEventListener("signed-out", ({ detail }) => logInAgain(detail));
  addEventListener("online", sendKept);
  await show();
  // Afterwards, so that on a slow line the shell's copy does not come before what is looked at.
  navigator.serviceWorker?.register("/student/sw.js", { scope: "/student/" }).catch(() => null);
}

begin();
