// Keeps the focus where it was while a list changes, for people who work by keyboard.

/** @param {Element} element */
const isThere = (element) => element.isConnected && element.getClientRects().length > 0;

/**
 * Does `change`. Where that takes the focus away, the focus goes to the same row, or to the one that took
 * its place. It goes to the row and not to a button in it, since a key held too long would press it.
 * @param {HTMLElement} list  Its children are the rows, which can take the focus.
 * @param {() => void} change
 * @param {() => HTMLElement | undefined} otherwise  Gives what takes the focus when the list is empty.
 */
export function staying(list, change, otherwise) {
  const active = document.activeElement;
  const rows = elementsIn(list);
  const row = rows.find((child) => child.contains(active));
  change();
  if (!row || !(active instanceof HTMLElement)) return;
  // A row that is moved in the document loses the focus.
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
