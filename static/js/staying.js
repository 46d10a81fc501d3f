// Keeps whoever works by keyboard where they were while a list changes beneath them.

const isThere = (element) => element.isConnected && element.getClientRects().length > 0;

/**
 * Does `change`. Focus that it takes out of the list goes to the same row, or to the one that
 * took its place: to the row and not to a button in it, since a key held too long would press it.
 * @param {HTMLElement} list  Its children can take focus.
 * @param {() => void} change
 * @param {() => HTMLElement} otherwise  Where to go when the list is empty.
 */
export function staying(list, change, otherwise) {
  const active = document.activeElement;
  const row = [...list.children].find((child) => child.contains(active));
  const place = [...list.children].indexOf(row);
  change();
  if (!row) return;
  if (isThere(active))
    active.focus({ preventScroll: true }); // moving its row has taken it
  else
    (isThere(row)
      ? row
      : (list.children[Math.min(place, list.children.length - 1)] ?? otherwise())
    ).focus();
}
