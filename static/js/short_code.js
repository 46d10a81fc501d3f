// Shows the short code, for a phone whose camera fails. It is on the live page only while it is asked for.
import { find, told } from "./find.js";

const RETRY_MS = 2_000;
const SPARE_MS = 50; // the next digits are asked for so much later, when they are certainly there

/**
 * Makes the short code of the live page, which the teacher shows and hides with `toggle`.
 * @param {HTMLElement} root  Its data-short-code holds the address of the digits.
 */
export function createShortCode(root) {
  const line = find(root, "[data-short-code-line]");
  const digits = find(root, "[data-digits]");
  const button = find(root, "[data-toggle-short-code]");
  const isOn = () => button.getAttribute("aria-pressed") === "true";
  let timer = 0;

  async function refresh() {
    try {
      const answer = await fetch(told(root, "shortCode"), { cache: "no-store" });
      if (!answer.ok) return hide();
      const code = await answer.json();
      if (!isOn()) return;
      digits.textContent = `${code.digits.slice(0, 3)} ${code.digits.slice(3)}`;
      line.hidden = false;
      timer = setTimeout(refresh, code.changes_in_s * 1000 + SPARE_MS);
    } catch {
      line.hidden = true; // stale digits help nobody
      timer = setTimeout(refresh, RETRY_MS);
    }
  }

  function hide() {
    clearTimeout(timer);
    button.setAttribute("aria-pressed", "false");
    line.hidden = true;
  }

  function toggle() {
    if (isOn()) return hide();
    button.setAttribute("aria-pressed", "true");
    return refresh();
  }

  button.addEventListener("click", toggle);
  return { toggle, hide };
}
