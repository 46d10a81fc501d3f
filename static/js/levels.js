// Writes the figures beside the levels anew when the teacher changes how often Standard asks for the face.
// The server writes them first, by the same reckoning (sessions_app/domain/levels.py).
import { find } from "./find.js";

const CLASSES = 12;

const field = document.querySelector("[name=face_one_in]");
if (field instanceof HTMLInputElement) {
  field.addEventListener("input", () => {
    if (field.value && field.validity.valid) write(field.valueAsNumber);
  });
}

/** @param {number} oneIn */
function write(oneIn) {
  const missed = 1 - 1 / oneIn;
  const figures = {
    "one-in": String(oneIn),
    never: percent(missed ** CLASSES),
    once: percent(missed),
  };
  for (const [name, text] of Object.entries(figures)) {
    find(document.body, `[data-figure=${name}]`).textContent = text;
  }
}

/** @param {number} chance */
function percent(chance) {
  const value = 100 * chance;
  return String(value < 1 ? Number(value.toPrecision(1)) : Math.round(value));
}
