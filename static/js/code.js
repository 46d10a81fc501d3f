// Shows each rotating code without a flicker and takes a dead one off the wall.

const SPARE_MS = 2_000;

export function createCode(figure) {
  const waiting = figure.querySelector("[data-waiting]");
  let image = figure.querySelector("[data-code-image]");
  let newest = -1;
  let expiry = 0;

  async function show(message) {
    if (message.slot <= newest) return;
    newest = message.slot;
    const next = image.cloneNode();
    next.src = `data:image/svg+xml,${encodeURIComponent(message.svg)}`;
    await next.decode(); // drawn before it is shown
    if (message.slot !== newest) return;
    next.hidden = false;
    image.replaceWith(next);
    image = next;
    waiting.hidden = true;
    clearTimeout(expiry);
    expiry = setTimeout(
      hide,
      Date.parse(message.changes_at) - Date.parse(message.server_time) + SPARE_MS,
    );
  }

  /** A code that no phone could use any more only makes people try. */
  function hide(words = gettext("The code comes back with the connection.")) {
    clearTimeout(expiry);
    image.hidden = true;
    waiting.textContent = words;
    waiting.hidden = false;
  }

  return { show, hide };
}
