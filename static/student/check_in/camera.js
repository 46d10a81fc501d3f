// The camera: opened, watched, and shut again. Says in words why it does not open.

import { h } from "../lib/dom.js";

/** Why there is no picture: `message` says what to do about it. */
export class NoCamera extends Error {}

const WANTED = {
  environment: {
    facingMode: { ideal: "environment" },
    width: { ideal: 1920 },
    height: { ideal: 1080 },
  },
  user: { facingMode: { ideal: "user" }, width: { ideal: 1280 }, height: { ideal: 720 } },
};

/**
 * A playing <video> of the camera that looks at the world or at the user, with `close()`.
 * @param {"environment"|"user"} facing
 * @param {AbortSignal} signal  Shuts it.
 * @throws {NoCamera}
 */
export async function openCamera(facing, signal) {
  if (!navigator.mediaDevices?.getUserMedia)
    throw new NoCamera(gettext("This browser gives no page a camera."));
  const stream = await streamOf(facing);
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
  return { video, track: stream.getVideoTracks()[0], close };
}

async function streamOf(facing) {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: WANTED[facing] });
  } catch (error) {
    throw new NoCamera(words(error.name));
  }
}

function words(name) {
  if (name === "NotAllowedError" || name === "SecurityError") {
    return gettext(
      "The camera is not allowed here. Allow it in the browser's settings for this page, then try again.",
    );
  }
  if (name === "NotFoundError" || name === "OverconstrainedError")
    return gettext("This phone shows no camera to the page.");
  return gettext("The camera is busy. Close other apps that use it, then try again.");
}

/** Buttons for what this camera can do: light and closer. */
export function controls(track) {
  const able = track.getCapabilities?.() ?? {};
  return [able.torch && torchButton(track), able.zoom && zoomButton(track, able.zoom)].filter(
    Boolean,
  );
}

function torchButton(track) {
  const element = h(
    "button",
    { type: "button", class: "quiet", "aria-pressed": "false" },
    gettext("Light"),
  );
  element.addEventListener("click", () => {
    const on = element.getAttribute("aria-pressed") !== "true";
    element.setAttribute("aria-pressed", String(on));
    set(track, { torch: on });
  });
  return element;
}

function zoomButton(track, { min, max }) {
  const steps = [1, 2, 4].filter((times) => times >= min && times <= max);
  if (steps.length < 2) return null;
  const words_ = (times) => interpolate(gettext("Zoom %(times)s×"), { times }, true);
  let at = 0;
  const element = h("button", { type: "button", class: "quiet" }, words_(steps[0]));
  element.addEventListener("click", () => {
    at = (at + 1) % steps.length;
    element.textContent = words_(steps[at]);
    set(track, { zoom: steps[at] });
  });
  return element;
}

const set = (track, change) => track.applyConstraints({ advanced: [change] }).catch(() => null);

/** Resolves when the page can be seen. */
export function visible(signal) {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const look = () => !document.hidden && done(resolve);
    const stop = () => done(() => reject(signal.reason));
    const done = (then) => {
      document.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", stop);
      then();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", stop);
  });
}

/** A signal that ends with the other one, and as soon as the page goes into the background. */
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

/** Whether the error only says that the page went into the background. */
export const wasHidden = (error) => error?.name === "HiddenError";

/** The next picture of the video: its time in ms on the page's clock. */
export function nextPicture(video, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    const done = (at) => {
      signal.removeEventListener("abort", stop);
      resolve(at);
    };
    if (video.requestVideoFrameCallback) {
      return void video.requestVideoFrameCallback((now, { captureTime }) =>
        done(isRecent(captureTime, now) ? captureTime : now),
      );
    }
    const before = video.currentTime;
    const look = (now) =>
      video.currentTime === before && !signal.aborted ? requestAnimationFrame(look) : done(now);
    return void requestAnimationFrame(look);
  });
}

const isRecent = (captureTime, now) => captureTime <= now && captureTime > now - 500;
