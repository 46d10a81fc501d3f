// Keeps whoever works by keyboard where they were while a list changes beneath them.

/** @param {Element} element */
const isThere = (element) => element.isConnected && element.getClientRects().length > 0;

/**
 * Does `change`. Focus that it takes out of the list goes to the same row, or to the one that
 * took its place: to the row and not to a button in it, since a key held too long would press it.
 * @param {HTMLElement} list  Its children can take focus.
 * @param {() => void} change
 * @param {() => HTMLElement | undefined} otherwise  Where to go when the list is empty.
 */
export function staying(list, change, otherwise) {
  const active = document.activeElement;
  const rows = elementsIn(list);
  const row = rows.find((child) => child.contains(active));
  change();
  if (!row || !(active instanceof HTMLElement)) return;
  // To move a row in the document takes the focus away from what is in it.
  if (isThere(active)) active.focus({ preventScroll: true });
  else focusNear(list, row, rows.indexOf(row), otherwise);
}

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} row
 * @param {number} place  The row's number in the list as it was, from 0.
 * @param {() => HTMLElement | undefined} otherwise
 */
function focusNear(list, row, place, otherwise) {
  const rows = elementsIn(list);
  const target = isThere(row) ? row : (rows[Math.min(place, rows.length - 1)] ?? otherwise());
  target?.focus();
}

/** @param {HTMLElement} list */
const elementsIn = (list) => [...list.children].filter((child) => child instanceof HTMLElement);
