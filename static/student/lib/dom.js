// Builds what is shown. Text is only ever text: nothing from the server becomes markup.

import { sentenceOf } from "./for_people.js";

/**
 * @typedef {(event: never) => unknown} Listener  Which event it gets follows from its name alone.
 * @typedef {string | number | boolean | null | undefined | Listener} Property
 * @typedef {Node | string | false | null | undefined} Leaf
 * @typedef {Leaf | Leaf[] | (Leaf | Leaf[])[]} Child  What is empty is left out.
 */

/**
 * An element: h("p", { class: "soft" }, "Text", other).
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, Property>>} [properties]  A function is a listener and its name
 *   begins with "on"; true and false set or leave out an attribute.
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") listen(element, name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, String(value));
  }
  element.append(...children.flat(2).filter(isThere));
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} event
 * @param {Listener} listener
 */
const listen = (element, event, listener) =>
  element.addEventListener(event, /** @type {EventListener} */ (listener));

/**
 * @param {Leaf} child
 * @returns {child is Node | string}
 */
const isThere = (child) => child !== null && child !== undefined && child !== false;

/**
 * The first element that the selector finds within the root.
 * @template {Element} [Found=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {{ new (): Found }} [kind]  The class of the element; HTMLElement where none is given.
 * @returns {Found}
 * @throws {Error} where there is no such element.
 */
export function find(
  root,
  selector,
  kind = /** @type {{ new (): Found }} */ (/** @type {unknown} */ (HTMLElement)),
) {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`The page lacks ${selector}.`);
  return found;
}

/**
 * Says a sentence to people who use a screen reader. It is not shown.
 * @param {string} sentence
 */
export function say(sentence) {
  find(document, "[data-said]").textContent = sentence;
}

/**
 * Shows above every view what happened meanwhile, until the person closes it.
 * @param {string} sentence
 * @param {"good" | "bad"} how
 */
export function tell(sentence, how) {
  const away = () => {
    note.remove();
    find(document, "main").focus();
  };
  const note = h(
    "div",
    { class: how === "bad" ? "problem" : "notice" },
    h("p", {}, sentence),
    h("button", { type: "button", class: "quiet", onclick: away }, gettext("Close")),
  );
  find(document, "[data-notices]").append(note);
}

/** Takes away all that `tell` has shown, so that whoever logs in next does not see it. */
export const hush = () => find(document, "[data-notices]").replaceChildren();

/**
 * Puts the values into the words: fill("%(n)s of %(m)s", { n: 1, m: 2 }).
 * @param {string} words
 * @param {Record<string, string | number>} values
 */
export const fill = (words, values) => interpolate(words, values, true);

/**
 * Shows what went wrong, in a box that is read out. Of a fault in our own code it says only that
 * something went wrong.
 * @param {unknown} error
 * @param {...Child} more  What stands below the sentence.
 */
export function problem(error, ...more) {
  return h("div", { class: "problem", role: "alert" }, h("p", {}, sentenceOf(error)), ...more);
}

/**
 * A button that cannot be pressed again while its action is under way. What goes wrong is said below it.
 * @param {string} words
 * @param {(event: MouseEvent) => unknown} action  It may return a promise, which is waited for.
 * @param {Readonly<Record<string, Property>>} [properties]  Of the button, as `h` takes them.
 */
export function button(words, action, properties = {}) {
  const element = h("button", { type: "button", ...properties }, words);
  /** @type {HTMLElement | null} */
  let told = null;
  element.addEventListener("click", async (event) => {
    if (element.ariaDisabled === "true") return;
    element.ariaDisabled = "true";
    told?.remove();
    try {
      await action(event);
    } catch (error) {
      told = problem(error);
      element.after(told);
    } finally {
      element.ariaDisabled = null;
    }
  });
  return element;
}

/**
 * Calls the action when the form is sent, by its button or by Enter, and not again until it is done.
 * @param {HTMLFormElement} form  It has one button of type submit.
 * @param {() => Promise<void>} action
 */
export function onSubmit(form, action) {
  const submit = find(form, "[type=submit]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.ariaDisabled === "true") return;
    submit.ariaDisabled = "true";
    await action().finally(() => {
      submit.ariaDisabled = null;
    });
  });
}

/**
 * A button that asks before it acts. The question takes the button's place, and no is as near as yes.
 * @param {string} words
 * @param {object} asked
 * @param {string} asked.question
 * @param {string} asked.yes
 * @param {string} [asked.no]
 * @param {(event: MouseEvent) => unknown} asked.act  Called on yes. It may return a promise, which is waited for.
 * @param {"danger" | "quiet"} [asked.look]  The class of the button that asks.
 */
export function asking(
  words,
  { question, yes, no = gettext("No, keep it"), act, look = "danger" },
) {
  const place = h("div", { class: "asking" });
  const ask = button(words, open, { class: look });
  function open() {
    const sentence = h("p", { tabindex: "-1" }, question);
    const buttons = h(
      "div",
      { class: "pair" },
      button(yes, act, { class: "danger" }),
      button(no, close, { class: "quiet" }),
    );
    place.replaceChildren(h("div", { class: "card question", role: "group" }, sentence, buttons));
    sentence.focus();
  }
  function close() {
    place.replaceChildren(ask);
    ask.focus();
  }
  place.append(ask);
  return place;
}

/**
 * A list that is read page by page, with a button for the next page.
 * @template Row
 * @param {(number: number) => Promise<Api.Page<Row>>} load  Asks for a page, counted from 1.
 * @param {(row: Row) => HTMLElement} show
 * @param {Readonly<Record<string, Property>>} [properties]  Of the list, as `h` takes them.
 */
export async function pages(load, show, properties = {}) {
  const list = h("ul", properties);
  let number = 0;
  const more = button(gettext("Show more"), next, { class: "quiet" });
  async function next() {
    const answer = await load(number + 1);
    number += 1;
    const first = list.children.length;
    list.append(...answer.results.map(show));
    more.hidden = !answer.next;
    if (first) focusOn(list.children[first]);
  }
  await next();
  return h("div", {}, list, more);
}

/**
 * Puts the focus on an element that cannot take it by itself, such as a heading.
 * @param {Element | null | undefined} element  Nothing is done where there is none.
 * @param {FocusOptions} [options]
 */
export function focusOn(element, options) {
  if (!(element instanceof HTMLElement)) return;
  element.setAttribute("tabindex", "-1");
  element.focus(options);
}

/**
 * A part that is folded away until somebody opens it.
 * @param {string} words
 * @param {...Child} inside
 */
export const folded = (words, ...inside) => h("details", {}, h("summary", {}, words), ...inside);
