// The student's page: which view is shown, and what stands around it.

import { events, isLoggedIn } from "./lib/api.js";
import { h, problem, say } from "./lib/dom.js";
import { whatIsMissing } from "./lib/browser.js";

/**
 * By the first part of the address after "#/". A view is a module with
 * `title()` and `show(place, rest)`, which fills the place and may return what to do on leaving.
 */
const VIEWS = {
  today: () => import("./views/today.js"),
  login: () => import("./views/login.js"),
  more: () => import("./views/more.js"),
  passkeys: () => import("./views/passkeys.js"),
};
const OPEN_TO_ALL = new Set(["login"]);
const FIRST = "today";

const place = document.querySelector("[data-view]");
const tabs = document.querySelector("[data-tabs]");
let leave = null;
let wanted = 0; // a slower view must not take the place of one that was asked for later

async function show() {
  const mine = ++wanted;
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  const known = VIEWS[name] ? name : FIRST;
  const allowed = OPEN_TO_ALL.has(known) || (await isLoggedIn());
  if (mine !== wanted) return;
  if (!allowed) return go("login", location.hash.slice(2));
  leave?.();
  leave = null;
  mark(known);
  place.replaceChildren(h("p", { class: "soft" }, gettext("One moment …")));
  try {
    const view = await VIEWS[known]();
    if (mine !== wanted) return;
    const fresh = h("div", { class: "view" });
    const leaving = await view.show(fresh, rest.map(decodeURIComponent));
    if (mine !== wanted) return leaving?.();
    leave = leaving ?? null;
    place.replaceChildren(fresh);
    title(view.title());
  } catch (error) {
    if (mine !== wanted) return;
    place.replaceChildren(h("h1", {}, gettext("This did not work")), problem(error, again()));
  }
  place.querySelector("h1")?.setAttribute("tabindex", "-1");
  place.querySelector("h1")?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

const again = () => h("button", { type: "button", onclick: show }, gettext("Try again"));

function title(words) {
  document.title = `${words} · ${gettext("Attendance")}`;
  say("");
}

function mark(name) {
  tabs.hidden = OPEN_TO_ALL.has(name);
  for (const tab of tabs.querySelectorAll("a")) {
    const here = tab.getAttribute("href") === `#/${name}`;
    if (here) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}

/** Goes to a view; what follows its name is for it. */
export function go(name, ...rest) {
  const hash = `#/${[name, ...rest.map(encodeURIComponent)].join("/")}`;
  if (location.hash === hash) return show();
  location.hash = hash;
  return undefined;
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
    place.replaceChildren(h("h1", {}, gettext("This browser cannot check you in")), h("p", {}, missing));
    return;
  }
  addEventListener("hashchange", show);
  document.querySelector("[data-skip]").addEventListener("click", skip);
  events.addEventListener("signed-out", () => go("login"));
  await show();
  // Afterwards, so that on a slow line the shell's copy does not come before what is looked at.
  navigator.serviceWorker?.register("/student/sw.js", { scope: "/student/" }).catch(() => null);
}

begin();
