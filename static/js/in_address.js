// Keeps in the page's address what a list is searched for and how it is sorted, so that a reload or
// a link shows the same. Only for pages that an address asks for: in the answer to a form, a changed
// address would lose the answer at a reload.

const WAIT_MS = 300; // browsers refuse to change the address with each key of a fast typist

/** @type {Record<string, string>} */
let waiting = {};
let timer = 0;

/**
 * Gives the control the value that the address has by the control's id, and keeps it there from now
 * on. An order that the list does not know is left out.
 * @param {HTMLInputElement | HTMLSelectElement} control
 */
export function keepInAddress(control) {
  const own = control.value;
  const asked = askedFor(control.id);
  if (asked) control.value = asked;
  if (!control.value) control.value = own;
  control.addEventListener("input", () => {
    keep(control.id, control.value === own ? "" : control.value);
  });
}

/**
 * What the address says by this name, or nothing.
 * @param {string} name
 */
export function askedFor(name) {
  return new URLSearchParams(location.search).get(name) ?? "";
}

/**
 * Writes the value into the address, or takes the name out of it where there is none.
 * @param {string} name
 * @param {string} value
 */
export function keep(name, value) {
  waiting[name] = value;
  clearTimeout(timer);
  timer = setTimeout(write, WAIT_MS);
}

function write() {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(waiting)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  waiting = {};
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}
