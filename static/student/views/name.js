// Shows the student's name, and lets them ask for another one, which an admin approves.

import { call, get, Refused, who } from "../lib/api.js";
import { fill, h, onSubmit, problem } from "../lib/dom.js";
import { moment } from "../lib/moments.js";
import { go } from "../lib/router.js";
import { badge } from "./words.js";

/** The title of the view. */
export const title = () => gettext("My name");

/**
 * Fills the place.
 * @param {HTMLElement} place
 */
export async function show(place) {
  const me = await who();
  const { full_name: name, request } = await get("/my-name");
  place.append(
    h("h1", {}, title()),
    h("p", { class: "lead" }, name),
    request ? standing(request) : "",
    asking(me.id),
  );
}

/** For each state of a request: the badge's class, its word, and what that means. */
const STATES = () => ({
  waiting: {
    kind: "review",
    word: gettext("Waiting"),
    words: gettext("You asked for it on %(when)s. An admin decides. You get a mail then."),
  },
  approved: {
    kind: "present",
    word: gettext("Approved"),
    words: gettext("An admin approved it on %(when)s."),
  },
  declined: {
    kind: "refused",
    word: gettext("Declined"),
    words: gettext(
      "An admin declined it on %(when)s. Ask your institution if you do not know why.",
    ),
  },
  replaced: {
    kind: "review",
    word: gettext("Replaced"),
    words: gettext("You asked for another one on %(when)s."),
  },
});

/**
 * How far the request is.
 * @param {Api.NameRequest} request
 */
function standing({ state = "waiting", new_name: name, asked_at: asked, decided_at: decided }) {
  const { kind, word, words } = STATES()[state];
  return h(
    "section",
    { class: "card" },
    h("h2", {}, fill(gettext("Request: %(name)s"), { name })),
    h("p", {}, badge(kind, word)),
    h("p", {}, fill(words, { when: moment(state === "waiting" ? asked : (decided ?? asked)) })),
  );
}

/**
 * The form that asks for another name. A later request takes the place of one that waits.
 * @param {string} id  The student's.
 */
function asking(id) {
  const said = h("div");
  const name = h("input", {
    name: "full_name",
    id: "full_name",
    autocomplete: "name",
    required: true,
    maxlength: 150,
  });
  const reason = h("input", {
    name: "name_reason",
    id: "name_reason",
    autocomplete: "off",
    maxlength: 300,
  });
  const form = h(
    "form",
    { novalidate: true, class: "card" },
    h("h2", {}, gettext("Ask for another name")),
    h(
      "p",
      { class: "soft" },
      gettext(
        "Your teachers know you by your name, so an admin approves a change. Until then nothing changes.",
      ),
    ),
    said,
    h("label", { for: "full_name" }, gettext("New name")),
    name,
    h("label", { for: "name_reason" }, gettext("Why (needed where a classmate has the same name)")),
    reason,
    h("button", { type: "submit" }, gettext("Ask for it")),
  );
  onSubmit(form, async () => {
    said.replaceChildren();
    try {
      await call("PATCH", `/profile/update/${id}`, {
        full_name: name.value,
        name_reason: reason.value,
      });
      await go("name");
    } catch (error) {
      said.replaceChildren(problem(error, ...more(error)));
      name.focus();
    }
  });
  return form;
}

/**
 * What the server says about the name itself, as a sentence each.
 * @param {unknown} error
 */
const more = (error) =>
  error instanceof Refused ? (error.fields.full_name ?? []).map((words) => h("p", {}, words)) : [];
