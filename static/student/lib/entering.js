// Goes on after a log-in: to the view that was asked for, or to what stands in the way first.

import { focusOn, h } from "./dom.js";
import { go } from "./router.js";

/**
 * Goes straight on where all is well. Where something stands in the way, it says that first.
 * @param {HTMLElement} place  The view's place, which is filled where there is something to say.
 * @param {Api.LoggedIn} answer  The answer to the log-in.
 * @param {string} [after]  The address behind "#/" that the student asked for before the log-in.
 */
export function enter(place, { user, device, notice }, after = "") {
  if (user.role !== "student") return teachersGoElsewhere(place);
  // Without this the browser may clear away the key of a phone that is short of room.
  navigator.storage?.persist?.().catch(() => null);
  if (!user.email_confirmed) return go("confirm");
  const obstacle = notice?.detail ?? (device?.status === "active" ? "" : device?.message);
  const [name, ...rest] = after.split("/");
  if (!obstacle) return go(name || "today", ...rest);
  return told(
    place,
    h("h1", {}, gettext("You are logged in")),
    h("p", { class: "lead" }, obstacle),
    h("p", {}, gettext("Meanwhile you can look at everything here.")),
    h("a", { class: "button large", href: "#/today" }, gettext("Continue")),
  );
}

/**
 * @param {HTMLElement} place
 */
function teachersGoElsewhere(place) {
  told(
    place,
    h("h1", {}, gettext("This page is for students")),
    h("p", { class: "lead" }, gettext("Teachers and admins use the other site.")),
    h("a", { class: "button large", href: "/login/" }, gettext("Open the other site")),
  );
}

/**
 * @param {HTMLElement} place
 * @param {HTMLElement} head  It takes the focus.
 * @param {...HTMLElement} more
 */
function told(place, head, ...more) {
  place.replaceChildren(head, ...more);
  focusOn(head);
}
