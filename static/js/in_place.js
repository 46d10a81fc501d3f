// Searches, sorts and pages the lists that a page holds whole, such as what an import would change:
// they stand in the answer to a form, so no address asks for another page of them.
import { find } from "./find.js";
import { holds } from "./words.js";

const A_PAGE = 50;
const SHORT = 7; // rows that are seen at one glance

for (const root of document.querySelectorAll("[data-in-place]")) {
  if (root instanceof HTMLElement) start(root);
}

/** @param {HTMLElement} root */
function start(root) {
  const list = find(root, "[data-rows]");
  const rows = [...list.children].map((item) => ({
    item,
    words: item.textContent ?? "",
    name: (item.querySelector("[data-name]") ?? item).textContent ?? "",
  }));
  const search = find(root, "[data-find]", HTMLInputElement);
  const order = find(root, "[data-sort]", HTMLSelectElement);
  const pages = find(root, "[data-pages]");
  const [back, on] = [find(root, "[data-back]"), find(root, "[data-on]")];
  let page = 1;

  function show() {
    const found = rows.filter(({ words }) => holds(words, search.value));
    if (order.value === "name") {
      found.sort((one, other) => one.name.localeCompare(other.name));
    }
    const of = Math.max(1, Math.ceil(found.length / A_PAGE));
    const from = (page - 1) * A_PAGE;
    list.replaceChildren(...found.slice(from, from + A_PAGE).map(({ item }) => item));
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

  search.addEventListener("input", () => turnTo(1));
  order.addEventListener("change", () => turnTo(1));
  back.addEventListener("click", () => turnTo(page - 1));
  on.addEventListener("click", () => turnTo(page + 1));
  find(root, "[data-tools]").hidden = rows.length <= SHORT;
  show();
}
