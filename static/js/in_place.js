// Searches, sorts and pages the lists that a page holds whole, such as what an import would change,
// which takes too long to be reckoned again for each page of the list. The rows that are not shown
// stay in the page, since a form may send what was chosen in them.
import { find } from "./find.js";
import { askedFor, keep, keepInAddress } from "./in_address.js";
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
  const isKept = root.hasAttribute("data-in-address");
  const pageName = search.id.replace(/-q$/, "-page");
  let page = 1;

  function show() {
    const found = rows.filter(({ words }) => holds(words, search.value));
    const of = Math.max(1, Math.ceil(found.length / A_PAGE));
    page = Math.min(page, of);
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
    if (isKept) keep(pageName, page === 1 ? "" : `${page}`);
  }

  /** @param {number} number */
  function arrange(number) {
    list.replaceChildren(...sorted(rows, order.value).map(({ item }) => item));
    turnTo(number);
  }

  if (isKept) {
    for (const control of [search, order]) keepInAddress(control);
    page = Math.max(1, Math.trunc(Number(askedFor(pageName))) || 1);
    const details = root.closest("details");
    if (details && (search.value || page > 1)) details.open = true;
  }
  search.addEventListener("input", () => turnTo(1));
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // the list may stand in a form
  });
  order.addEventListener("change", () => arrange(1));
  back.addEventListener("click", () => turnTo(page - 1));
  on.addEventListener("click", () => turnTo(page + 1));
  find(root, "[data-tools]").hidden = rows.length <= SHORT;
  arrange(page);
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
