// Log in once on this phone, which stays logged in.

import { go, whyLoggedOut } from "../app.js";
import { logIn } from "../lib/api.js";
import { deviceName } from "../lib/browser.js";
import { h, problem } from "../lib/dom.js";

export const title = () => gettext("Log in");

/** @param {string[]} rest  Where to go afterwards. */
export function show(place, [after = ""]) {
  const email = h("input", { type: "email", name: "email", id: "email", autocomplete: "username", required: true, inputmode: "email" });
  const password = h("input", { type: "password", name: "password", id: "password", autocomplete: "current-password", required: true });
  const why = whyLoggedOut();
  const wrong = h("div", {}, why && problem(why));
  const form = h(
    "form",
    { novalidate: true },
    h("h1", {}, title()),
    h("p", { class: "lead" }, gettext("Once, on your own phone. It becomes the phone that checks you in.")),
    wrong,
    h("label", { for: "email" }, gettext("E-mail")),
    email,
    h("label", { for: "password" }, gettext("Password")),
    password,
    h("button", { type: "submit", class: "large" }, gettext("Log in")),
    h("p", {}, h("a", { href: "/password/forgotten/" }, gettext("Forgotten your password?"))),
    h("p", {}, h("a", { href: "#/register" }, gettext("No account yet? Register"))),
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

/** Once at a time, whether by the button or by Enter. */
export function onSubmit(form, action) {
  const submit = form.querySelector("[type=submit]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.ariaDisabled === "true") return;
    submit.ariaDisabled = "true";
    await action().finally(() => (submit.ariaDisabled = null));
  });
}

/** Straight on where all is well; otherwise what stands in the way is said first. */
export function enter(place, { user, device, notice }, after = "") {
  if (user.role !== "student") return teachersGoElsewhere(place);
  // Or the browser may clear away the key of a phone that is short of room.
  navigator.storage?.persist?.().catch(() => null);
  const obstacle = notice?.detail ?? (device?.status === "active" ? "" : device?.message);
  const [name, ...rest] = after.split("/");
  if (!obstacle) return go(name || "today", ...rest);
  return told(
    place,
    h("h1", {}, gettext("You are logged in")),
    h("p", { class: "lead" }, obstacle),
    h("p", {}, gettext("You can look at everything here meanwhile.")),
    h("a", { class: "button large", href: "#/today" }, gettext("Go on")),
  );
}

function teachersGoElsewhere(place) {
  told(
    place,
    h("h1", {}, gettext("This page is for students")),
    h("p", { class: "lead" }, gettext("Teachers and administrators work on the other site.")),
    h("a", { class: "button large", href: "/login/" }, gettext("Go there")),
  );
}

function told(place, ...parts) {
  place.replaceChildren(...parts);
  parts[0].setAttribute("tabindex", "-1");
  parts[0].focus();
}
