// Runs the live page: it shows the code, the count and the time, and the register only when it is asked
// for.
import { createCode } from "./code.js";
import { find, told } from "./find.js";
import { createRoomSound } from "./room_sound.js";
import { startScreen } from "./screen.js";
import { createShortCode } from "./short_code.js";

const root = find(document, "[data-screen]");
const panel = find(document, "#register-panel");
const registerButton = find(root, "[data-toggle-register]");
const lateIn = find(root, "[data-late]");
const endIn = find(root, "[data-end]");
const code = createCode(find(root, "[data-code]"));
const shortCode = createShortCode(root);
const roomSound = createRoomSound(root);

const lateAt = Date.parse(told(root, "lateAt"));
let endsAt = Date.parse(told(root, "endsAt"));
let clockOffsetMs = 0; // by so much the server's clock is ahead of this computer's

startScreen(root, {
  onCode(message) {
    clockOffsetMs = Date.parse(message.server_time) - Date.now();
    code.show(message);
  },
  onRegister(message) {
    endsAt = Date.parse(message.ends_at);
    if (message.state === "open") return;
    code.hide(gettext("The code appears in a moment."));
    shortCode.hide();
    roomSound.stop();
  },
});

function toggleRegister(open = panel.hidden) {
  panel.hidden = !open;
  registerButton.setAttribute("aria-expanded", String(open));
  if (open) find(panel, "button").focus();
  else registerButton.focus();
}

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
}

registerButton.addEventListener("click", () => toggleRegister());
find(root, "[data-close-register]").addEventListener("click", () => toggleRegister(false));
find(root, "[data-full-screen]").addEventListener("click", toggleFullScreen);

/** @type {Record<string, () => unknown>} */
const KEYS = {
  r: () => toggleRegister(),
  f: toggleFullScreen,
  s: () => root.dataset.state === "open" && shortCode.toggle(),
  n: () => root.dataset.state === "open" && roomSound.toggle(),
  Escape: () => panel.hidden || toggleRegister(false),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping =
    event.target instanceof Element && event.target.closest("input, select, textarea");
  if (isTyping) return;
  KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]?.();
});

/**
 * Says a time in hours, minutes and seconds; the hours only where there are any.
 * @param {number} ms
 */
function clockFace(ms) {
  const total = Math.ceil(ms / 1000);
  /** @param {number} number */
  const pad = (number) => String(number).padStart(2, "0");
  const [hours, minutes, seconds] = [
    Math.floor(total / 3600),
    Math.floor(total / 60) % 60,
    total % 60,
  ];
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${pad(minutes)}:${pad(seconds)}`;
}

function countDown() {
  const now = Date.now() + clockOffsetMs;
  const open = root.dataset.state === "open";
  lateIn.textContent = open ? untilLate(lateAt - now) : "";
  endIn.textContent = open ? untilEnd(endsAt - now) : "";
}

/** @param {number} ms */
function untilLate(ms) {
  if (ms <= 0) return gettext("Check-ins now count as late");
  return interpolate(gettext("Late in %(time)s"), { time: clockFace(ms) }, true);
}

/** @param {number} ms */
function untilEnd(ms) {
  if (ms <= 0) return gettext("Past its end time");
  return interpolate(gettext("Ends in %(time)s"), { time: clockFace(ms) }, true);
}

setInterval(countDown, 1000);
countDown();
