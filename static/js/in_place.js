// Searches, sorts and pages the lists that a page holds whole, such as what an import would change:
// they stand in the answer to a form, so no address asks for another page of them. The rows that are
// not shown stay in the page, since a form may send what was chosen in them.
import { find } from "./find.js";
import { keepInAddress } from "./in_address.js";
import { holds } from "./words.js";

const A_PAGE = 50;
const SHORT = 7; // rows that are seen at one glance

/** @typedef {{ item: HTMLElement, words: string, name: string }} Row */

for (const root of document.querySelectorAll("[data-in-place]")) {
  if (root instanceof HTMLElement) start(root);
}

/** @param {HTMLElement} root */
function start(root) {
  const list = find(root, "[data-rows]");
  const rows = [...list.children].flatMap((item) =>
    item instanceof HTMLElement ? rowOf(item) : [],
  );
  const search = find(root, "[data-find]", HTMLInputElement);
  const order = find(root, "[data-sort]", HTMLSelectElement);
  const pages = find(root, "[data-pages]");
  const [back, on] = [find(root, "[data-back]"), find(root, "[data-on]")];
  let page = 1;

  function show() {
    const found = rows.filter(({ words }) => holds(words, search.value));
    const of = Math.max(1, Math.ceil(found.length / A_PAGE));
    const from = (page - 1) * A_PAGE;
    const shown = new Set(sorted(found, order.value).slice(from, from + A_PAGE));
    for (const row of rows) row.item.hidden = !shown.has(row);
    find(root, "[data-empty]").hidden = found.length > 0;
    pages.hidden = of === 1;
    back.hidden = page === 1;
    on.hidden = page === of;
    const words = gettext("Page %(n)s of %(of)s, %(count)s rows");
    const told = interpolate(words, { n: page, of, count: found.length }, true);
    find(root, "[data-page]").textContent = told;
  }

  /** @param {number} number */
  function turnTo(number) {
    page = number;
    show();
  }

  function arrange() {
    list.replaceChildren(...sorted(rows, order.value).map(({ item }) => item));
    turnTo(1);
  }

  if (root.hasAttribute("data-in-address")) {
    for (const control of [search, order]) keepInAddress(control);
    const details = root.closest("details");
    if (details && search.value) details.open = true;
  }
  search.addEventListener("input", () => turnTo(1));
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // the list may stand in a form
  });
  order.addEventListener("change", arrange);
  back.addEventListener("click", () => turnTo(page - 1));
  on.addEventListener("click", () => turnTo(page + 1));
  find(root, "[data-tools]").hidden = rows.length <= SHORT;
  arrange();
}

/**
 * @param {HTMLElement} item
 * @returns {Row}
 */
function rowOf(item) {
  const name = (item.querySelector("[data-name]") ?? item).textContent ?? "";
  return { item, words: item.dataset.words ?? item.textContent ?? "", name };
}

/**
 * The rows in the order of that name: as they came, from the last, or by their text.
 * @param {Row[]} rows
 * @param {string} order
 */
function sorted(rows, order) {
  if (order === "last") return [...rows].reverse();
  if (order !== "name") return rows;
  return [...rows].sort((one, other) => one.name.localeCompare(other.name));
}
