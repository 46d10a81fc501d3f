// Lets a person pick days for a list that is a text as well: each one picked is written into it.
import { find } from "./find.js";

for (const root of document.querySelectorAll("[data-day-list]")) {
  if (root instanceof HTMLElement) start(root);
}

/** @param {HTMLElement} root */
function start(root) {
  const list = find(root, "textarea", HTMLTextAreaElement);
  const picker = find(root, "[data-picker]");
  const day = find(picker, "input", HTMLInputElement);

  function add() {
    if (!day.value) return;
    const days = list.value.split(/[\n;,]+/).map((text) => text.trim());
    if (!days.includes(day.value)) {
      list.value = [list.value.trim().replace(/,$/, ""), day.value].filter(Boolean).join(", ");
    }
    day.value = "";
    day.focus();
  }

  find(picker, "button").addEventListener("click", add);
  day.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // the form is not ready to be sent
    add();
  });
  picker.hidden = false;
}
