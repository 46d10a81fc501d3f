// Shows what was found at check-ins, and lets the student tell their side of it.

import { page, post } from "../lib/api.js";
import { button, fill, h, pages } from "../lib/dom.js";
import { moment } from "../lib/moments.js";
import { badge } from "./words.js";

/** The title of the view. */
export const title = () => gettext("Warnings");

const LONGEST = 1000;

/**
 * Fills the place.
 * @param {HTMLElement} place
 */
export async function show(place) {
  const list = await pages((number) => page("/warnings", number), card, { class: "cards" });
  place.append(
    h("h1", {}, title()),
    h(
      "p",
      { class: "soft" },
      gettext(
        "A warning shows what was noticed at a check-in. It decides nothing. A person " +
          "decides, and hears you first.",
      ),
    ),
    list.querySelector("li") ? list : nothing(),
  );
}

const nothing = () =>
  h(
    "div",
    { class: "card" },
    h("h2", {}, gettext("No warnings")),
    h("p", {}, gettext("Nothing unusual was noticed at your check-ins.")),
  );

/** @type {() => Record<Api.Warning["severity"], [kind: string, words: string]>}  What the badge shows. */
const SEVERITIES = () => ({
  low: ["", gettext("Low severity")],
  medium: ["review", gettext("Medium severity")],
  high: ["refused", gettext("High severity")],
});

/** @param {Api.Warning} warning */
function card(warning) {
  const element = h("li", { class: "card" });
  const put = (/** @type {Api.Warning} */ fresh) => element.replaceChildren(...parts(fresh, put));
  put(warning);
  return element;
}

/**
 * @param {Api.Warning} warning
 * @param {(fresh: Api.Warning) => void} put  Shows the warning anew.
 */
function parts(warning, put) {
  return [
    h("h2", {}, warning.subject_name),
    h("p", { class: "soft" }, moment(warning.starts_at, warning.time_zone)),
    h("p", {}, badge(...SEVERITIES()[warning.severity])),
    h("p", {}, warning.message),
    ...said(warning),
    ...verdict(warning),
    warning.verdict === "open" && !warning.appeal ? appeal(warning, put) : "",
  ];
}

/** @param {Api.Warning} warning */
function said({ appeal: words, appealed_at: at, verdict: given }) {
  if (!words) return [];
  const waits =
    given === "open"
      ? h("p", {}, gettext("Your teacher will read it and decide. You do not need to do anything."))
      : "";
  return [
    h("p", { class: "soft" }, fill(gettext("You wrote on %(when)s:"), { when: moment(at) })),
    h("blockquote", {}, words),
    waits,
  ];
}

/** @param {Api.Warning} warning */
function verdict({ verdict: given, verdict_note: note, verdict_at: at }) {
  if (given === "open") return [];
  const words =
    given === "dismissed"
      ? gettext("Dismissed on %(when)s. It no longer counts.")
      : gettext("Upheld on %(when)s. Talk to your teacher if you disagree.");
  const kind = given === "dismissed" ? "present" : "review";
  const label = given === "dismissed" ? gettext("Dismissed") : gettext("Upheld");
  return [
    h("p", {}, badge(kind, label)),
    h("p", {}, fill(words, { when: moment(at) })),
    note ? h("blockquote", {}, note) : "",
  ];
}

/**
 * Makes the form in which the student says what happened. It is folded away at first, so that not each
 * card shows one.
 * @param {Api.Warning} warning
 * @param {(fresh: Api.Warning) => void} put
 */
function appeal(warning, put) {
  const place = h("div");
  const open = button(gettext("Tell us what happened"), () => unfold(), { class: "large" });
  const fold = () => {
    place.replaceChildren(open);
    open.focus();
  };
  function unfold() {
    const id = `text-${warning.id}`;
    const text = h("textarea", {
      id,
      rows: 5,
      maxlength: LONGEST,
      required: true,
      "aria-describedby": `${id}-once`,
    });
    const send = async () => {
      if (!text.value.trim()) return text.focus();
      return put({
        ...warning,
        ...(await post(`/warnings/${warning.id}/appeal`, { text: text.value.trim() })),
      });
    };
    place.replaceChildren(
      h("label", { for: id }, gettext("What happened, in your words")),
      text,
      h(
        "p",
        { class: "soft", id: `${id}-once` },
        fill(gettext("Your teacher reads it. You can send one answer, up to %(n)s characters."), {
          n: LONGEST,
        }),
      ),
      h(
        "div",
        { class: "pair" },
        button(gettext("Send"), send),
        button(gettext("Not now"), fold, { class: "quiet" }),
      ),
    );
    text.focus();
  }
  place.append(open);
  return place;
}
