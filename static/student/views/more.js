// Shows the links to all views that are not needed every day.

import { logOut, who } from "../lib/api.js";
import { button, h } from "../lib/dom.js";
import { go } from "../lib/router.js";

/** The title of the view. */
export const title = () => gettext("More");

/** @type {() => [name: string, words: string, what: string][]} */
const PLACES = () => [
  ["warnings", gettext("Warnings"), gettext("What was noticed, and your answer")],
  ["face", gettext("My face"), gettext("Agree, enrol, withdraw")],
  ["devices", gettext("My phones"), gettext("Which phone checks you in")],
  ["passkeys", gettext("Passkeys"), gettext("A second proof that it is you")],
  ["name", gettext("My name"), gettext("Ask for another name")],
  ["data", gettext("My data"), gettext("Download it, or request erasure")],
];

/**
 * Fills the place.
 * @param {HTMLElement} place
 */
export async function show(place) {
  const out = async () => {
    await logOut();
    go("login");
  };
  const me = await who();
  place.append(
    h("h1", {}, title()),
    h("p", { class: "soft" }, me.name),
    h("ul", { class: "places" }, PLACES().map(entry)),
    button(gettext("Log out on this phone"), out, { class: "quiet" }),
  );
}

/** @param {[name: string, words: string, what: string]} place */
const entry = ([name, words, what]) =>
  h(
    "li",
    {},
    h("a", { href: `#/${name}` }, h("strong", {}, words), h("span", { class: "soft" }, what)),
  );
