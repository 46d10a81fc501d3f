// Shows what the live page and the page of the register share: the count, the connection in words, and
// the session's state.
import { connect } from "./connection.js";
import { find, jsonOf, told } from "./find.js";
import { createRegister } from "./register.js";

const WORDS = {
  live: gettext("Live"),
  polling: gettext("Connected, without live updates"),
  offline: gettext("No connection. Trying again"),
  "signed-out": gettext("Logged out. Reload the page to log in"),
};
const ALOUD_EVERY_MS = 10_000;

/**
 * Shows the register that stands in the page, and from then on what the server sends.
 * @param {HTMLElement} root  Its data attributes hold the addresses to ask.
 * @param {object} [listeners]
 * @param {(message: Screens.CodeMessage) => void} [listeners.onCode]
 * @param {(message: Screens.RegisterMessage) => void} [listeners.onRegister]
 */
export function startScreen(root, { onCode, onRegister } = {}) {
  const register = createRegister(find(root, "[data-register]"), {
    registerUrl: told(root, "registerUrl"),
    viewer: told(root, "viewer"),
  });
  const sayCount = createCount(root);

  /** @param {Screens.RegisterMessage} message */
  function showRegister(message) {
    root.dataset.state = message.state;
    sayCount(message.counts);
    register.update(message);
    onRegister?.(message);
  }

  /** @param {Screens.Status} status */
  function showStatus(status) {
    const line = find(root, "[data-connection]");
    line.dataset.connection = status;
    find(line, "[data-connection-words]").textContent = WORDS[status];
  }

  showRegister(/** @type {Screens.RegisterMessage} */ (jsonOf("first")));
  connect({
    socketPath: told(root, "socket"),
    pollUrl: told(root, "poll"),
    onStatus: showStatus,
    onMessage: (message) => {
      if (message.type === "register") showRegister(message);
      if (message.type === "code") onCode?.(message);
    },
  });
}

/**
 * Shows the count at once. A screen reader says it every 10 s at most, since a class arrives in a minute.
 * @param {HTMLElement} root
 */
function createCount(root) {
  const here = find(root, "[data-here]");
  const aloud = find(root, "[data-count-aloud]");
  let waiting = 0;
  let words = "";

  /** @param {Screens.Counts} counts */
  return (counts) => {
    const before = here.textContent;
    here.textContent = String(counts.here);
    find(root, "[data-enrolled]").textContent = String(counts.enrolled);
    words = interpolate(gettext("%(here)s of %(enrolled)s checked in"), counts, true);
    if (before === here.textContent) return;
    tick(here);
    if (waiting) return;
    waiting = setTimeout(() => {
      aloud.textContent = words;
      waiting = 0;
    }, ALOUD_EVERY_MS);
  };
}

/** @param {HTMLElement} element */
function tick(element) {
  element.classList.remove("ticks");
  requestAnimationFrame(() => element.classList.add("ticks"));
}
