// Log in once on this phone, which stays logged in.

import { go } from "../app.js";
import { logIn } from "../lib/api.js";
import { deviceName } from "../lib/browser.js";
import { button, h, problem } from "../lib/dom.js";

export const title = () => gettext("Log in");

/** @param {string[]} rest  Where to go afterwards. */
export function show(place, [after = ""]) {
  const email = h("input", { type: "email", name: "email", id: "email", autocomplete: "username", required: true, inputmode: "email" });
  const password = h("input", { type: "password", name: "password", id: "password", autocomplete: "current-password", required: true });
  const wrong = h("div");
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
    button(gettext("Log in"), () => form.requestSubmit(), { class: "large" }),
    h("p", {}, h("a", { href: "/password/forgotten/" }, gettext("Forgotten your password?"))),
    h("p", {}, h("a", { href: "/join/" }, gettext("Register"))),
  );
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    wrong.replaceChildren();
    try {
      const answer = await logIn(email.value, password.value, deviceName());
      if (answer.user.role !== "student") return teachersGoElsewhere(place);
      await welcome(place, answer, after);
    } catch (error) {
      wrong.replaceChildren(problem(error));
      password.value = "";
      password.focus();
    } finally {
      busy = false;
    }
  });
  place.append(form);
}

/** Straight on where all is well; otherwise what stands in the way is said first. */
async function welcome(place, { device, notice }, after) {
  const obstacle = notice?.detail ?? (device?.status === "active" ? "" : device?.message);
  const [name, ...rest] = after.split("/").map(decodeURIComponent);
  if (!obstacle) return go(name || "today", ...rest);
  place.replaceChildren(
    h("h1", {}, gettext("You are logged in")),
    h("p", { class: "lead" }, obstacle),
    h("a", { class: "button large", href: "#/today" }, gettext("Go on")),
  );
}

function teachersGoElsewhere(place) {
  place.replaceChildren(
    h("h1", {}, gettext("This page is for students")),
    h("p", {}, gettext("Teachers and administrators work on the other site.")),
    h("a", { class: "button", href: "/login/" }, gettext("Go there")),
  );
}
