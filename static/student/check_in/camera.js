// Opens, watches and shuts the camera, and says in words why it does not open.

import { h } from "../lib/dom.js";
import { nameOf } from "../lib/for_people.js";

/** Thrown where there is no picture. `message` says what to do about it. */
export class NoCamera extends Error {}

/**
 * @typedef {object} Camera
 * @property {HTMLVideoElement} video  The element that plays what the camera sees.
 * @property {MediaStreamTrack} track  The camera's track, by which its light and its zoom are set.
 * @property {() => void} close  Shuts the camera.
 */

const WANTED = {
  environment: {
    facingMode: { ideal: "environment" },
    width: { ideal: 1920 },
    height: { ideal: 1080 },
  },
  user: { facingMode: { ideal: "user" }, width: { ideal: 1280 }, height: { ideal: 720 } },
};

/**
 * Opens the camera that looks at the world or at the user, and plays what it sees.
 * @param {"environment"|"user"} facing
 * @param {AbortSignal} signal  When it aborts, the camera is shut.
 * @returns {Promise<Camera>}
 * @throws {NoCamera}
 */
export async function openCamera(facing, signal) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new NoCamera(
      gettext("This browser does not let pages use the camera. Use another browser."),
    );
  }
  const stream = await streamOf(facing);
  const [track] = stream.getVideoTracks();
  if (!track) throw new NoCamera(wordsFor("NotFoundError"));
  const close = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  if (signal.aborted) {
    close();
    signal.throwIfAborted();
  }
  signal.addEventListener("abort", close, { once: true });
  const video = h("video", { playsinline: true, muted: true, "aria-hidden": "true" });
  video.muted = true;
  video.srcObject = stream;
  await video.play().catch(() => null);
  return { video, track, close };
}

/** @param {"environment"|"user"} facing */
async function streamOf(facing) {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: WANTED[facing] });
  } catch (error) {
    throw new NoCamera(wordsFor(nameOf(error)));
  }
}

/** @param {string} name  The name of the error that the browser gave. */
function wordsFor(name) {
  if (name === "NotAllowedError" || name === "SecurityError") {
    return gettext(
      "The camera is not allowed. Allow it for this page in the browser's settings, then try again.",
    );
  }
  if (name === "NotFoundError" || name === "OverconstrainedError") {
    return gettext("No camera was found on this phone.");
  }
  return gettext("The camera is in use. Close other apps that use it, then try again.");
}

/**
 * Makes the buttons for what this camera can do: its light and its zoom.
 * @param {MediaStreamTrack} track
 */
export function controls(track) {
  const able = track.getCapabilities?.() ?? {};
  const light = able.torch ? torchButton(track) : null;
  const closer = able.zoom ? zoomButton(track, able.zoom) : null;
  return [light, closer].filter((button) => button !== null);
}

/** @param {MediaStreamTrack} track */
function torchButton(track) {
  const properties = { type: "button", class: "quiet", "aria-pressed": "false" };
  const element = h("button", properties, gettext("Light"));
  element.addEventListener("click", () => {
    const on = element.getAttribute("aria-pressed") !== "true";
    element.setAttribute("aria-pressed", String(on));
    set(track, { torch: on });
  });
  return element;
}

/**
 * @param {MediaStreamTrack} track
 * @param {{ min: number, max: number }} able
 */
function zoomButton(track, { min, max }) {
  const steps = [1, 2, 4].filter((times) => times >= min && times <= max);
  const [first] = steps;
  if (first === undefined || steps.length < 2) return null;
  const words = (/** @type {number} */ times) =>
    interpolate(gettext("Zoom %(times)s×"), { times }, true);
  let zoom = first;
  const element = h("button", { type: "button", class: "quiet" }, words(zoom));
  element.addEventListener("click", () => {
    zoom = steps[steps.indexOf(zoom) + 1] ?? first;
    element.textContent = words(zoom);
    set(track, { zoom });
  });
  return element;
}

/**
 * @param {MediaStreamTrack} track
 * @param {MediaTrackConstraintSet} change
 */
const set = (track, change) => track.applyConstraints({ advanced: [change] }).catch(() => null);

/**
 * Resolves when the page can be seen.
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function visible(signal) {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const look = () => !document.hidden && done(resolve);
    const stop = () => done(() => reject(signal.reason));
    const done = (/** @type {() => void} */ then) => {
      document.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", stop);
      then();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", stop);
  });
}

/**
 * Makes a signal that aborts when the other one does, or as soon as the page goes into the background.
 * @param {AbortSignal} signal
 */
export function whileVisible(signal) {
  const own = new AbortController();
  const look = () => document.hidden && own.abort(new DOMException("hidden", "HiddenError"));
  document.addEventListener("visibilitychange", look, { signal: own.signal });
  signal.addEventListener("abort", () => own.abort(signal.reason), {
    once: true,
    signal: own.signal,
  });
  if (signal.aborted) own.abort(signal.reason);
  else look();
  return { signal: own.signal, end: () => own.abort(new DOMException("done", "AbortError")) };
}

/**
 * Whether the error only says that the page went into the background.
 * @param {unknown} error
 */
export const wasHidden = (error) => nameOf(error) === "HiddenError";

/**
 * Waits for the next picture of the video.
 * @param {HTMLVideoElement} video
 * @param {AbortSignal} signal
 * @returns {Promise<number>}  When the picture was taken, in ms on the page's clock.
 */
export function nextPicture(video, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    onPicture(video, signal, (at) => {
      signal.removeEventListener("abort", stop);
      resolve(at);
    });
  });
}

/**
 * @param {HTMLVideoElement} video
 * @param {AbortSignal} signal
 * @param {(at: number) => void} done
 */
function onPicture(video, signal, done) {
  if (typeof video.requestVideoFrameCallback === "function") {
    video.requestVideoFrameCallback((now, { captureTime }) => done(takenAt(now, captureTime)));
    return;
  }
  const before = video.currentTime;
  const look = (/** @type {number} */ now) => {
    if (video.currentTime !== before || signal.aborted) done(now);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const CAPTURE_AGE_MAX_MS = 500; // a moment that is longer ago is told by a clock that is not the page's

/**
 * When a picture was taken, in milliseconds on the page's clock. Some cameras do not say it, or say it
 * by another clock; then it is the moment when the picture was shown.
 * @param {number} now  When the picture was shown.
 * @param {number} [captureTime]  When it was taken, as the browser says.
 */
function takenAt(now, captureTime) {
  if (captureTime === undefined) return now;
  const isRecent = captureTime <= now && captureTime > now - CAPTURE_AGE_MAX_MS;
  return isRecent ? captureTime : now;
}
