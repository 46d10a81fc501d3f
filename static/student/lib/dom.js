// Builds what is shown. Text is only ever text: nothing from the server becomes markup.

/**
 * An element: h("p", { class: "soft" }, "Text", other).
 * Properties beginning with "on" are listeners; true and false set or leave out an attribute.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, value);
  }
  element.append(
    ...children
      .flat(Infinity)
      .filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** Says a sentence to whoever listens, and to nobody else. */
export function say(sentence) {
  document.querySelector("[data-said]").textContent = sentence;
}

/** Tells above every view what happened meanwhile, until it is put away. @param {"good"|"bad"} how */
export function tell(sentence, how) {
  const away = () => {
    note.remove();
    document.querySelector("main").focus();
  };
  const note = h(
    "div",
    { class: how === "bad" ? "problem" : "notice" },
    h("p", {}, sentence),
    h("button", { type: "button", class: "quiet", onclick: away }, gettext("Put away")),
  );
  document.querySelector("[data-notices]").append(note);
}

/** Puts all of it away: whoever logs in next is told nothing of it. */
export const hush = () => document.querySelector("[data-notices]").replaceChildren();

/** Puts the text into the words: fill("%(n)s of %(m)s", { n: 1, m: 2 }). */
export const fill = (words, values) => interpolate(words, values, true);

/** Shows what went wrong in a box that is read out; of a fault of ours only that it is one. */
export function problem(error, ...more) {
  const words = error.forPeople
    ? error.message
    : gettext("Something went wrong on this page. Load it again.");
  return h("div", { class: "problem", role: "alert" }, h("p", {}, words), ...more);
}

/**
 * A button that cannot be pressed twice while what it does is under way. What goes wrong is told
 * below it.
 */
export function button(words, action, properties = {}) {
  const element = h("button", { type: "button", ...properties }, words);
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
 * @param {HTMLFormElement} form  With one button of type submit.
 * @param {() => Promise<void>} action
 */
export function onSubmit(form, action) {
  const submit = form.querySelector("[type=submit]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.ariaDisabled === "true") return;
    submit.ariaDisabled = "true";
    await action().finally(() => (submit.ariaDisabled = null));
  });
}

/** A button that asks before it acts, in its own place: no is as near as yes. */
export function asking(
  words,
  { question, yes, no = gettext("No, keep it"), act, look = "danger" },
) {
  const place = h("div", { class: "asking" });
  const ask = button(words, open, { class: look });
  function open() {
    const asked = h("p", { tabindex: "-1" }, question);
    const buttons = h(
      "div",
      { class: "pair" },
      button(yes, act, { class: "danger" }),
      button(no, close, { class: "quiet" }),
    );
    place.replaceChildren(h("div", { class: "card question", role: "group" }, asked, buttons));
    asked.focus();
  }
  function close() {
    place.replaceChildren(ask);
    ask.focus();
  }
  place.append(ask);
  return place;
}

/** A list that is read page by page; `load(number)` answers as the API's lists do. */
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

function focusOn(element) {
  element?.setAttribute("tabindex", "-1");
  element?.focus();
}

/** A part that is folded away until somebody opens it. */
export const folded = (words, ...inside) => h("details", {}, h("summary", {}, words), ...inside);

/** A moment in the time zone in which the class is taught; without one in this phone's. */
export function time(iso, zone) {
  return format(iso, { hour: "2-digit", minute: "2-digit" }, zone);
}

export function day(iso, zone) {
  return format(iso, { weekday: "short", day: "numeric", month: "short" }, zone);
}

/** Day and time of a moment. */
export const moment = (iso, zone) =>
  fill(gettext("%(day)s, %(time)s"), { day: day(iso, zone), time: time(iso, zone) });

/** From when to when, on the clock of the room; its zone is named where this phone has another. */
export function hours({ starts_at: start, ends_at: end, time_zone: zone }) {
  const there = `${time(start, zone)} – ${time(end, zone)}`;
  return time(start, zone) === time(start) ? there : `${there} (${zone})`;
}

function format(iso, options, zone) {
  const wanted = zone ? { ...options, timeZone: zone } : options;
  return new Intl.DateTimeFormat(document.documentElement.lang, wanted).format(new Date(iso));
}
