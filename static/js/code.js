// Shows each rotating code on the live page without a flicker, and takes it away when it is too old.
import { find } from "./find.js";

const SPARE_MS = 2_000; // a code stays so long after its slot, in case the next one comes late

/**
 * Makes the code of the live page: `show` replaces it by a newer one, `hide` takes it away and says why.
 * @param {HTMLElement} figure  It holds the image of the code, and the words that stand in its place.
 */
export function createCode(figure) {
  const waiting = find(figure, "[data-waiting]");
  let image = find(figure, "[data-code-image]", HTMLImageElement);
  let newest = -1;
  let expiry = 0;

  /** @param {Screens.CodeMessage} message */
  async function show(message) {
    if (message.slot <= newest) return;
    newest = message.slot;
    const next = /** @type {HTMLImageElement} */ (image.cloneNode());
    next.src = `data:image/svg+xml,${encodeURIComponent(message.svg)}`;
    await next.decode(); // the image is drawn before it is shown
    if (message.slot !== newest) return;
    next.hidden = false;
    image.replaceWith(next);
    image = next;
    waiting.hidden = true;
    clearTimeout(expiry);
    const leftMs = Date.parse(message.changes_at) - Date.parse(message.server_time);
    expiry = setTimeout(hide, leftMs + SPARE_MS);
  }

  /**
   * Takes the code away: one that no phone can use any more would only make people try.
   * @param {string} [words]  Why there is no code.
   */
  function hide(words = gettext("The code returns with the connection.")) {
    clearTimeout(expiry);
    image.hidden = true;
    waiting.textContent = words;
    waiting.hidden = false;
  }

  return { show, hide };
}
