// Closes the menu of the site's head by Escape, and when one clicks or goes on beside it.

import { find } from "./find.js";

const menu = find(document, "details.more", HTMLDetailsElement);

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    find(menu, "summary").focus();
  }
});

for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
}
