// Says that the address is to be confirmed by the link in a mail, and sends that mail once more.

import { get, isConfirmed, post, who } from "../lib/api.js";
import { fill, h, onSubmit, problem } from "../lib/dom.js";

/** The title of the view. */
export const title = () => gettext("Confirm your e-mail address");

/**
 * Fills the place.
 * @param {HTMLElement} place
 */
export async function show(place) {
  const me = await who();
  const parts = (await isConfirmed(me)) ? done() : waiting(await get(`/profile/${me.id}`));
  place.append(h("h1", {}, title()), ...parts);
}

const done = () => [
  h("p", { class: "lead" }, gettext("Your e-mail address is confirmed.")),
  h("a", { class: "button large", href: "#/today" }, gettext("Continue")),
];

/** @param {Api.User} user */
function waiting({ email, institution_number: number }) {
  const words = gettext(
    "Open the link in the mail to %(email)s, and type your password there. Until then nobody can put you on a course.",
  );
  return [
    h("p", { class: "lead" }, fill(words, { email })),
    again(number),
    h(
      "p",
      {},
      gettext("Is the address wrong?"),
      " ",
      h("a", { href: "#/register" }, gettext("Create the account once more")),
    ),
    h("a", { href: "#/today" }, gettext("Continue without it")),
  ];
}

/**
 * The form that sends the mail once more, for this number or another one.
 * @param {string} number  The number that the account claims; empty where it is somebody else's.
 */
function again(number) {
  const said = h("div");
  const input = h("input", {
    name: "institution_number",
    id: "institution_number",
    value: number,
    autocapitalize: "characters",
    required: true,
  });
  const form = h(
    "form",
    { novalidate: true },
    number
      ? null
      : h("p", { class: "problem" }, gettext("This number now belongs to somebody else.")),
    said,
    h("label", { for: "institution_number" }, gettext("Student number")),
    input,
    h("button", { type: "submit" }, gettext("Send the link again")),
  );
  onSubmit(form, async () => {
    said.replaceChildren();
    try {
      const { sent_to: address } = await post("/confirmation", { institution_number: input.value });
      const words = fill(gettext("Sent to %(address)s."), { address });
      said.replaceChildren(h("p", { role: "status" }, words));
    } catch (error) {
      said.replaceChildren(problem(error));
    }
  });
  return form;
}
