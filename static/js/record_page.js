// Finds and sorts the students of a list in which each has a status to choose. All of them stay in
// the form, so that what was chosen is sent, whichever of them are shown.
import { find, told } from "./find.js";
import { keepInAddress } from "./in_address.js";
import { holds } from "./words.js";

/** @type {Record<string, (one: HTMLElement, other: HTMLElement) => number>} */
const ORDERS = {
  name: (one, other) => Number(told(one, "place")) - Number(told(other, "place")),
  number: (one, other) =>
    told(one, "number").localeCompare(told(other, "number"), undefined, { numeric: true }),
  status: (one, other) => chosenIn(other) - chosenIn(one),
};

start(find(document, "[data-record]"));

/** @param {HTMLElement} root */
function start(root) {
  const list = find(root, "[data-rows]");
  const rows = [...list.children].filter((row) => row instanceof HTMLElement);
  const search = find(root, "[data-find]", HTMLInputElement);
  const order = find(root, "[data-sort]", HTMLSelectElement);
  const counts = find(root, "[data-chosen]");

  function arrange() {
    for (const row of rows) row.hidden = !holds(told(row, "words"), search.value);
    const compare = ORDERS[order.value];
    if (compare) list.append(...[...rows].sort(compare));
    find(root, "[data-empty]").hidden = !search.value || rows.some((row) => !row.hidden);
  }

  function count() {
    const n = rows.filter((row) => chosenIn(row) > 0).length;
    const words = ngettext("%(n)s of %(all)s chosen", "%(n)s of %(all)s chosen", n);
    counts.textContent = interpolate(words, { n, all: rows.length }, true);
  }

  function allPresent() {
    for (const row of rows) {
      if (chosenIn(row) === 0) find(row, "select", HTMLSelectElement).value = "present";
    }
    count();
  }

  for (const control of root.hasAttribute("data-in-address") ? [search, order] : []) {
    keepInAddress(control);
  }
  search.addEventListener("input", arrange);
  order.addEventListener("change", arrange);
  list.addEventListener("change", count);
  find(root, "[data-all-present]").addEventListener("click", allPresent);
  find(root, "[data-tools]").hidden = false;
  arrange();
  count();
}

/**
 * The place of the chosen status among those to choose. Nothing chosen is 0.
 * @param {HTMLElement} row
 */
function chosenIn(row) {
  return find(row, "select", HTMLSelectElement).selectedIndex;
}
