// Logs the student in, once: this phone then stays logged in.

import { logIn } from "../lib/api.js";
import { deviceName } from "../lib/browser.js";
import { h, onSubmit, problem } from "../lib/dom.js";
import { enter } from "../lib/entering.js";
import { whyLoggedOut } from "../lib/router.js";

/** The title of the view. */
export const title = () => gettext("Log in");

/**
 * Fills the place.
 * @param {HTMLElement} place
 * @param {string[]} rest  The address behind "#/" to go to after the log-in, if any, and "saved" for
 *   somebody who has just chosen a password.
 */
export function show(place, [after = "", done = ""]) {
  const email = h("input", {
    type: "email",
    name: "email",
    id: "email",
    autocomplete: "username",
    required: true,
    inputmode: "email",
  });
  const password = h("input", {
    type: "password",
    name: "password",
    id: "password",
    autocomplete: "current-password",
    required: true,
  });
  const why = whyLoggedOut();
  const wrong = h("div", {}, why ? problem(why) : null);
  const form = h(
    "form",
    { novalidate: true },
    h("h1", {}, title()),
    done === "saved" && h("p", { role: "status" }, gettext("Password saved. Log in with it.")),
    h(
      "p",
      { class: "lead" },
      gettext("Log in once, on your own phone. You then check in with it."),
    ),
    wrong,
    h("label", { for: "email" }, gettext("E-mail")),
    email,
    h("label", { for: "password" }, gettext("Password")),
    password,
    h("button", { type: "submit", class: "large" }, gettext("Log in")),
    h("p", {}, h("a", { href: "/password/forgotten/" }, gettext("Forgot your password?"))),
    h("p", {}, h("a", { href: "#/register" }, gettext("Create account"))),
  );
  const submit = async () => {
    wrong.replaceChildren();
    try {
      await enter(place, await logIn(email.value, password.value, deviceName()), after);
    } catch (error) {
      wrong.replaceChildren(problem(error));
      password.value = "";
      password.focus();
    }
  };
  onSubmit(form, submit);
  place.append(form);
}
