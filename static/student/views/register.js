// Makes a new student's account, and logs in with it.

import { logIn, Refused, register } from "../lib/api.js";
import { deviceName } from "../lib/browser.js";
import { h, onSubmit, problem } from "../lib/dom.js";
import { enter } from "../lib/entering.js";

/** The title of the view. */
export const title = () => gettext("Create account");

/**
 * @typedef {object} Field  One field of the form.
 * @property {keyof Api.NewAccount} name
 * @property {HTMLInputElement} input
 * @property {HTMLElement} told  The element that says what is wrong with it.
 * @property {HTMLElement[]} all  All elements that the form shows for it.
 */

/** @type {() => [keyof Api.NewAccount, string, Record<string, string>][]} */
const FIELDS = () => [
  ["full_name", gettext("Full name"), { autocomplete: "name" }],
  ["institution_number", gettext("Student number"), { autocapitalize: "characters" }],
  ["email", gettext("E-mail"), { type: "email", autocomplete: "username", inputmode: "email" }],
  ["password", gettext("Password"), { type: "password", autocomplete: "new-password" }],
];

/**
 * Fills the place.
 * @param {HTMLElement} place
 */
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
      gettext("Use the name and number that your institution has for you."),
    ),
    wrong,
    fields.map(({ all }) => all),
    h("button", { type: "submit", class: "large" }, gettext("Create account")),
    h("p", {}, h("a", { href: "#/login" }, gettext("I already have an account"))),
  );
  onSubmit(form, async () => {
    const account = accountOf(form);
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

/**
 * @param {HTMLFormElement} form
 * @returns {Api.NewAccount}
 */
function accountOf(form) {
  const given = new FormData(form);
  const text = (/** @type {keyof Api.NewAccount} */ name) => String(given.get(name) ?? "");
  return {
    full_name: text("full_name"),
    institution_number: text("institution_number"),
    email: text("email"),
    password: text("password"),
  };
}

/**
 * @param {[keyof Api.NewAccount, string, Record<string, string>]} wanted
 * @returns {Field}
 */
function field([name, words, more]) {
  const told = h("p", { class: "wrong", id: `${name}-wrong` });
  const input = h("input", { name, id: name, required: true, ...more });
  return { name, input, told, all: [h("label", { for: name }, words), told, input] };
}

/**
 * Says what is wrong beside the field that it is about. The first such field gets the focus.
 * @param {HTMLElement} wrong
 * @param {Field[]} fields
 * @param {unknown} error  Null where nothing is wrong.
 */
function tell(wrong, fields, error) {
  const faults = error instanceof Refused ? error.fields : {};
  const about = fields.filter(({ name }) => faults[name]);
  for (const { name, input, told } of fields) {
    told.textContent = (faults[name] ?? []).join(" ");
    if (!told.textContent) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", told.id);
  }
  wrong.replaceChildren(...(error ? [problem(error)] : []));
  about[0]?.input.focus();
}
