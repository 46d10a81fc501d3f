// What a phone that is not the active one cannot do: a link by mail does it instead.

import { post, Refused } from "./api.js";
import { button, fill, h, problem } from "./dom.js";

/**
 * The action, and below its button the offer of a link by mail where the active phone is needed.
 * @param {string} act  What the link does, as the API calls it.
 * @param {() => unknown} action
 * @returns {(event: MouseEvent) => Promise<void>}
 */
export const orByMail = (act, action) => async (event) => {
  const pressed = event.currentTarget;
  try {
    await action();
  } catch (error) {
    const isAnswered = error instanceof Refused && error.code === "active_phone_required";
    if (!isAnswered || !(pressed instanceof HTMLElement)) throw error;
    offer(pressed, act, error);
  }
};

/**
 * @param {HTMLElement} pressed
 * @param {string} act
 * @param {Refused} error
 */
function offer(pressed, act, error) {
  const place = pressed.parentElement ?? pressed;
  place.parentElement?.querySelector("[data-by-mail]")?.remove();
  const send = button(gettext("Send me a link by mail"), async () => {
    const { sent_to: address } = await post("/links", { act });
    const words = fill(gettext("A mail was sent to %(address)s. Open the link in it."), {
      address,
    });
    send.replaceWith(h("p", { role: "status" }, words));
  });
  const told = problem(error, send);
  told.dataset.byMail = "";
  place.after(told);
}
