// Shows the student's passkeys and what each is worth. One can be made or removed, and can confirm a new
// phone.

import { get, post, remove } from "../lib/api.js";
import { deviceName } from "../lib/browser.js";
import { button, h, problem, say } from "../lib/dom.js";
import { day } from "../lib/moments.js";
import { answer, isOffered, make } from "../lib/passkey.js";

/** The title of the view. */
export const title = () => gettext("Passkeys");

/**
 * Makes a listener that does an action, shows the view anew and says that it is done. What goes wrong is
 * shown.
 * @typedef {(action: () => Promise<unknown>, done: string) => () => Promise<void>} Tried
 */

/**
 * Fills the place.
 * @param {HTMLElement} place
 * @returns {Promise<void>}
 */
export async function show(place) {
  const [{ results }, waiting, offered] = await Promise.all([
    get("/passkeys"),
    waitingPhone(),
    isOffered(),
  ]);
  const wrong = h("div");
  const again = () => {
    place.replaceChildren();
    return show(place);
  };
  /** @type {Tried} */
  const tried = (action, done) => async () => {
    wrong.replaceChildren();
    try {
      await action();
      await again();
      say(done);
    } catch (error) {
      wrong.replaceChildren(problem(error));
    }
  };
  const cards = results.map((passkey) => card(passkey, tried));
  place.append(
    h("h1", {}, title()),
    h(
      "p",
      {},
      gettext(
        "A passkey uses your phone's screen lock: fingerprint, face or PIN. It shows your " +
          "teacher that it was you who enrolled a face or added a phone. Where a check-in needs no " +
          "face, a passkey that stays on this phone is asked for instead.",
      ),
    ),
    wrong,
    waiting && results.length && offered ? confirming(waiting, tried) : "",
    results.length ? h("ul", { class: "cards" }, cards) : empty(),
    offered
      ? button(
          gettext("Create a passkey on this phone"),
          tried(() => make(deviceName()), gettext("Passkey created.")),
          { class: "large" },
        )
      : h(
          "p",
          { class: "card" },
          gettext(
            "This browser cannot create passkeys, or the phone has no screen lock. Everything " +
              "works without one.",
          ),
        ),
  );
}

/** The student's phone that waits and is not confirmed yet; missing where there is none. */
async function waitingPhone() {
  const { results } = await get("/devices?status=pending");
  return results.find((device) => !device.confirmed_by);
}

/**
 * @param {Api.Device} device
 * @param {Tried} tried
 */
function confirming(device, tried) {
  const confirm = async () =>
    post(`/devices/${device.id}/confirm`, { credential: await answer("device") });
  return h(
    "section",
    { class: "card" },
    h("h2", {}, gettext("Is this your new phone?")),
    h("p", {}, gettext("Confirm it with your passkey. Your teacher sees that when approving it.")),
    button(
      gettext("Confirm this phone"),
      tried(
        confirm,
        gettext(
          "Confirmed. It becomes active when your teacher approves it, or after the waiting time.",
        ),
      ),
    ),
  );
}

const empty = () => h("p", { class: "card" }, gettext("You have no passkey yet."));

/**
 * @param {Api.Passkey} passkey
 * @param {Tried} tried
 */
function card(passkey, tried) {
  const away = () => remove(`/passkeys/${passkey.id}`);
  const act = tried(away, gettext("Passkey removed."));
  return h(
    "li",
    { class: "card" },
    h("h2", {}, passkey.name || gettext("Passkey")),
    h("p", { class: "soft" }, day(passkey.created_at)),
    h("p", {}, passkey.message),
    button(gettext("Remove"), act, { class: "quiet" }),
  );
}
