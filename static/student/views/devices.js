// Shows the student's phones: which one checks them in, and what to do with a lost or a new one.

import { get, logOut, remove, who } from "../lib/api.js";
import { orByMail } from "../lib/by_mail.js";
import { asking, fill, folded, h } from "../lib/dom.js";
import { moment } from "../lib/moments.js";
import { go } from "../lib/router.js";
import { waitsUntil } from "../lib/this_phone.js";
import { badge } from "./words.js";

/** @import { Who } from "../lib/api.js" */

/** The title of the view. */
export const title = () => gettext("My phones");

const ORDER = ["active", "pending", "revoked"];

/**
 * Fills the place.
 * @param {HTMLElement} place
 */
export async function show(place) {
  const [me, { results }] = await Promise.all([who(), get("/devices")]);
  const phones = results.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  const used = phones.filter(({ status }) => status !== "revoked");
  const past = phones.filter(({ status }) => status === "revoked");
  const again = () => go("devices");
  const cards = (/** @type {Api.Device[]} */ some) => {
    const items = some.map((phone) => card(phone, me, again));
    return h("ul", { class: "cards" }, items);
  };
  place.append(
    h("h1", {}, title()),
    h(
      "p",
      { class: "soft" },
      gettext("You check in with one phone. It is recognised by a key that never leaves it."),
    ),
    me.device ? "" : ofAnother(),
    cards(used),
    advice(),
    past.length ? folded(gettext("Earlier phones"), cards(past)) : "",
  );
}

const ofAnother = () =>
  h(
    "div",
    { class: "card notice" },
    h("h2", {}, gettext("This phone belongs to another student")),
    h(
      "p",
      {},
      gettext(
        "It cannot check you in. Log in on your own phone. If you have none, ask your teacher to mark you.",
      ),
    ),
  );

/**
 * @param {Api.Device} phone
 * @param {Who} me
 * @param {() => unknown} again  Shows the view anew.
 */
function card(phone, me, again) {
  const mine = phone.id === me.device;
  return h(
    "li",
    { class: "card" },
    h("h2", {}, phone.name || gettext("Phone")),
    h("p", {}, mine && badge("open", gettext("This phone")), " ", state(phone)),
    h("p", {}, words(phone)),
    h(
      "p",
      { class: "soft" },
      fill(gettext("First used on %(when)s"), { when: moment(phone.registered_at) }),
    ),
    phone.status !== "revoked" && removing(phone, mine, again),
  );
}

/** @param {Api.Device} phone */
function state({ status }) {
  if (status === "active") return badge("present", gettext("Checks you in"));
  if (status === "pending") return badge("review", gettext("Waiting"));
  return badge("", gettext("Removed"));
}

/** @param {Api.Device} phone */
function words(phone) {
  if (phone.status !== "pending" || !phone.activates_at) return phone.message;
  const approved = gettext("Your teacher or an admin can approve it now.");
  return [approved, waitsUntil(phone)].join(" ");
}

/**
 * @param {Api.Device} phone
 * @param {boolean} mine  Whether it is the phone that shows this.
 * @param {() => unknown} again
 */
function removing(phone, mine, again) {
  const act = async () => {
    await remove(`/devices/${phone.id}`);
    if (!mine) return again();
    await logOut();
    return go("login");
  };
  return asking(gettext("Remove"), {
    question: mine
      ? gettext(
          "Remove this phone? You are logged out here at once. If you log in on it again, it has " +
            "to wait like a new phone.",
        )
      : gettext(
          "Remove that phone? It is logged out and can no longer check you in. If you log in on " +
            "it again, it has to wait like a new phone.",
        ),
    yes: gettext("Yes, remove it"),
    act: mine ? act : orByMail("revoke_phones", act),
  });
}

const advice = () =>
  folded(
    gettext("Lost your phone, or got a new one?"),
    h(
      "ol",
      {},
      h("li", {}, gettext("Log in on the phone that you have now. It appears above as waiting.")),
      h("li", {}, gettext("Remove the lost phone above, so that nobody else can use it.")),
      h(
        "li",
        {},
        gettext(
          "Ask your teacher to approve the new phone. It can then check you in at once. " +
            "Otherwise it becomes active when its waiting time is over.",
        ),
      ),
      h("li", {}, gettext("Until then, ask your teacher to mark you.")),
    ),
    h("p", {}, gettext("Was the phone stolen? Choose a new password too.")),
    h("p", {}, h("a", { href: "/password/forgotten/" }, gettext("Choose a new password"))),
  );
