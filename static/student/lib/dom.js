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
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Says a sentence to whoever listens, and to nobody else. */
export function say(sentence) {
  document.querySelector("[data-said]").textContent = sentence;
}

/** Puts the text into the words: fill("%(n)s of %(m)s", { n: 1, m: 2 }). */
export const fill = (words, values) => interpolate(words, values, true);

/** Shows what went wrong in a box that is read out. */
export function problem(error, ...more) {
  return h("div", { class: "problem", role: "alert" }, h("p", {}, error.message), ...more);
}

/** A button that cannot be pressed twice while what it does is under way. */
export function button(words, action, properties = {}) {
  const element = h("button", { type: "button", ...properties }, words);
  element.addEventListener("click", async (event) => {
    if (element.ariaDisabled === "true") return;
    element.ariaDisabled = "true";
    try {
      await action(event);
    } finally {
      element.ariaDisabled = null;
    }
  });
  return element;
}

/** A moment in the time zone in which the class is taught; without one in this phone's. */
export function time(iso, zone) {
  return format(iso, { hour: "2-digit", minute: "2-digit" }, zone);
}

export function day(iso, zone) {
  return format(iso, { weekday: "short", day: "numeric", month: "short" }, zone);
}

function format(iso, options, zone) {
  const wanted = zone ? { ...options, timeZone: zone } : options;
  return new Intl.DateTimeFormat(document.documentElement.lang, wanted).format(new Date(iso));
}
