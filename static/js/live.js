// The projector's page: the code, the count, the time; the register only when asked for.
import { createCode } from "./code.js";
import { createRoomSound } from "./room_sound.js";
import { startScreen } from "./screen.js";
import { createShortCode } from "./short_code.js";

const root = document.querySelector("[data-screen]");
const panel = document.getElementById("register-panel");
const registerButton = root.querySelector("[data-toggle-register]");
const lateIn = root.querySelector("[data-late]");
const endIn = root.querySelector("[data-end]");
const code = createCode(root.querySelector("[data-code]"));
const shortCode = createShortCode(root);
const roomSound = createRoomSound(root);

const lateAt = Date.parse(root.dataset.lateAt);
let endsAt = Date.parse(root.dataset.endsAt);
let clockOffsetMs = 0; // the server's clock less this one's

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
  if (open) panel.querySelector("button").focus();
  else registerButton.focus();
}

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
}

registerButton.addEventListener("click", () => toggleRegister());
root.querySelector("[data-close-register]").addEventListener("click", () => toggleRegister(false));
root.querySelector("[data-full-screen]").addEventListener("click", toggleFullScreen);

const KEYS = {
  r: () => toggleRegister(),
  f: toggleFullScreen,
  s: () => root.dataset.state === "open" && shortCode.toggle(),
  n: () => root.dataset.state === "open" && roomSound.toggle(),
  Escape: () => panel.hidden || toggleRegister(false),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea")) return;
  KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]?.();
});

function clockFace(ms) {
  const total = Math.ceil(ms / 1000);
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

function untilLate(ms) {
  if (ms <= 0) return gettext("Late from now on ·");
  return interpolate(gettext("Late in %(time)s ·"), { time: clockFace(ms) }, true);
}

function untilEnd(ms) {
  if (ms <= 0) return gettext("past its end");
  return interpolate(gettext("ends in %(time)s"), { time: clockFace(ms) }, true);
}

setInterval(countDown, 1000);
countDown();
