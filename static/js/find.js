// Finds the parts of a page that its template always has.

/**
 * The first element that the selector finds within the root.
 * @template {Element} [Found=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {{ new (): Found }} [kind]  The class of the element; HTMLElement where none is given.
 * @returns {Found}
 * @throws {Error} where the page has no such element.
 */
export function find(
  root,
  selector,
  kind = /** @type {{ new (): Found }} */ (/** @type {unknown} */ (HTMLElement)),
) {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`The page lacks ${selector}.`);
  return found;
}

/**
 * What the template says in a data attribute of the element.
 * @param {HTMLElement} element
 * @param {string} name  The attribute's name as `dataset` has it: "pollUrl" for data-poll-url.
 * @returns {string}
 * @throws {Error} where the element has no such attribute.
 */
export function told(element, name) {
  const value = element.dataset[name];
  if (value === undefined) throw new Error(`The page does not tell ${name}.`);
  return value;
}

/**
 * The value of a script element that holds JSON, such as Django's json_script makes.
 * @param {string} id
 * @returns {unknown}  As the server wrote it; the caller knows its type.
 * @throws {Error} where the page has no such element.
 */
export function jsonOf(id) {
  const element = document.getElementById(id);
  if (!element?.textContent) throw new Error(`The page lacks #${id}.`);
  return JSON.parse(element.textContent);
}
