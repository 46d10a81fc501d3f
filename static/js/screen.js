// What both screens share: the count, the connection in words, the session's state.
import { connect } from "./connection.js";
import { createRegister } from "./register.js";

const WORDS = {
  live: gettext("Live"),
  polling: gettext("Connected, without live updates"),
  offline: gettext("No connection. Trying again"),
  "signed-out": gettext("Logged out. Reload the page to log in"),
};
const ALOUD_EVERY_MS = 10_000;

/**
 * @param {HTMLElement} root
 * @param {{onCode?: (message: object) => void, onRegister?: (message: object) => void,
 *          onStatus?: (status: string) => void}} [listeners]
 */
export function startScreen(root, { onCode, onRegister, onStatus } = {}) {
  const register = createRegister(root.querySelector("[data-register]"), root.dataset);
  const sayCount = createCount(root);

  function showRegister(message) {
    root.dataset.state = message.state;
    sayCount(message.counts);
    register.update(message);
    onRegister?.(message);
  }

  function showStatus(status) {
    const line = root.querySelector("[data-connection]");
    line.dataset.connection = status;
    line.querySelector("[data-connection-words]").textContent = WORDS[status];
    onStatus?.(status);
  }

  showRegister(JSON.parse(document.getElementById("first").textContent));
  connect({
    socketPath: root.dataset.socket,
    pollUrl: root.dataset.poll,
    onStatus: showStatus,
    onMessage: (message) => {
      if (message.type === "register") showRegister(message);
      if (message.type === "code") onCode?.(message);
    },
  });
}

/** Shows the count at once, and says it aloud now and then: a class arrives in a minute. */
function createCount(root) {
  const here = root.querySelector("[data-here]");
  const aloud = root.querySelector("[data-count-aloud]");
  let waiting = 0;
  let words = "";

  return (counts) => {
    const before = here.textContent;
    here.textContent = counts.here;
    root.querySelector("[data-enrolled]").textContent = counts.enrolled;
    words = interpolate(gettext("%(here)s of %(enrolled)s present"), counts, true);
    if (before === here.textContent) return;
    tick(here);
    if (waiting) return;
    waiting = setTimeout(() => {
      aloud.textContent = words;
      waiting = 0;
    }, ALOUD_EVERY_MS);
  };
}

function tick(element) {
  element.classList.remove("ticks");
  requestAnimationFrame(() => element.classList.add("ticks"));
}
