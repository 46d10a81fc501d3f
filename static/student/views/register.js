// A new student's account, and straight in with it.

import { logIn, register } from "../lib/api.js";
import { deviceName } from "../lib/browser.js";
import { h, onSubmit, problem } from "../lib/dom.js";
import { enter } from "../lib/entering.js";

export const title = () => gettext("Register");

const FIELDS = () => [
  ["full_name", gettext("Your full name"), { autocomplete: "name" }],
  ["institution_number", gettext("Your roll number"), { autocapitalize: "characters" }],
  ["email", gettext("E-mail"), { type: "email", autocomplete: "username", inputmode: "email" }],
  ["password", gettext("Password"), { type: "password", autocomplete: "new-password" }],
];

export function show(place) {
  const wrong = h("div");
  const fields = FIELDS().map(field);
  const form = h(
    "form",
    { novalidate: true },
    h("h1", {}, title()),
    h(
      "p",
      { class: "lead" },
      gettext("With the name and number under which your school knows you."),
    ),
    wrong,
    fields.map(({ all }) => all),
    h("button", { type: "submit", class: "large" }, gettext("Register")),
    h("p", {}, h("a", { href: "#/login" }, gettext("I have an account already"))),
  );
  onSubmit(form, async () => {
    const account = Object.fromEntries(new FormData(form));
    tell(wrong, fields, null);
    try {
      await register(account);
      await enter(place, await logIn(account.email, account.password, deviceName()));
    } catch (error) {
      tell(wrong, fields, error);
    }
  });
  place.append(form);
}

function field([name, words, more]) {
  const told = h("p", { class: "wrong", id: `${name}-wrong` });
  const input = h("input", { name, id: name, required: true, ...more });
  return { name, input, told, all: [h("label", { for: name }, words), told, input] };
}

/** What is wrong stands beside the field that it is about, and the first of them has the focus. */
function tell(wrong, fields, error) {
  const about = fields.filter(({ name }) => error?.fields?.[name]);
  for (const { name, input, told } of fields) {
    told.textContent = (error?.fields?.[name] ?? []).join(" ");
    if (!told.textContent) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", told.id);
  }
  wrong.replaceChildren(...(error ? [problem(error)] : []));
  about[0]?.input.focus();
}
