// Films live: the server measures each picture as it comes, and says what to show next. It begins by
// itself when a good face is in the oval, and ends with the last move.

import { pause } from "./attempt.js";
import { NoCamera, nextPicture, openCamera, wasHidden, whileVisible } from "./camera.js";
import { FilmLost, LiveSocket } from "./live_socket.js";
import { LiveView } from "./live_view.js";
import { Pictures } from "./pictures.js";
import { offerLive } from "./ways_out.js";

/** @import { Camera } from "./camera.js" */
/** @import { Result, Terms } from "./live_socket.js" */
/** @import { Screen } from "./screen.js" */
/** @import { Without } from "./ways_out.js" */

const AIM_BYTES = 25_000; // of a picture: sharp enough to be measured, and soon there on a slow network

/**
 * @typedef {object} Live  What a live film needs.
 * @property {string} ticket
 * @property {Promise<Camera | null>} camera  The front camera; null where it is to be opened now.
 * @property {() => boolean} isLast  Whether nothing else is coming, so that the film decides.
 */

/**
 * Films live.
 * @param {Screen} screen
 * @param {Live} live
 * @param {AbortSignal} signal
 * @returns {Promise<Result | Without | FilmLost>}  Why there is no result, where there is none.
 */
export async function filmLive(screen, { ticket, camera: ahead, isLast }, signal) {
  const own = whileVisible(signal);
  const view = new LiveView(screen);
  const without = offerLive(screen);
  const opening = opened(ahead, own.signal);
  const socket = new LiveSocket({
    ticket,
    finish: isLast,
    begins: opening, // whoever is still asked for the camera has not used the ticket
    onSeen: (seen) => view.take(seen),
    signal: own.signal,
  });
  try {
    return await Promise.race([film(opening, socket, view, own.signal), without]);
  } catch (error) {
    signal.throwIfAborted();
    return lost(error, socket);
  } finally {
    socket.close();
    view.close();
    own.end();
    opening.then(
      (camera) => camera.close(),
      () => null,
    );
  }
}

/**
 * The camera that was opened ahead. Where there is none, or it did not open, it is opened now.
 * @param {Promise<Camera | null>} ahead
 * @param {AbortSignal} signal
 */
const opened = async (ahead, signal) =>
  (await ahead.catch(() => null)) ?? (await openCamera("user", signal));

/**
 * @param {unknown} error
 * @param {LiveSocket} socket
 */
function lost(error, { usedAt }) {
  const told = wasHidden(error)
    ? new FilmLost("hidden")
    : error instanceof NoCamera
      ? new FilmLost("no_camera")
      : error;
  if (!(told instanceof FilmLost)) throw error;
  told.usedAt = usedAt;
  return told;
}

/**
 * @param {Promise<Camera>} opening
 * @param {LiveSocket} socket
 * @param {LiveView} view
 * @param {AbortSignal} signal
 */
async function film(opening, socket, view, signal) {
  const { video } = await Promise.race([opening, never(socket)]);
  view.open(video);
  const terms = await socket.ready;
  await Promise.race([sized(video, signal), never(socket)]);
  view.moves = terms.moves;
  return Promise.race([socket.result, send(video, socket, terms, signal)]);
}

/**
 * Waits until the camera's size is known, which it is with its first picture.
 * @param {HTMLVideoElement} video
 * @param {AbortSignal} signal
 */
async function sized(video, signal) {
  while (!video.videoWidth) await pause(50, signal);
}

/**
 * Fails when the film ends.
 * @param {LiveSocket} socket
 * @returns {Promise<never>}
 */
const never = ({ result }) => result.then(() => Promise.reject(new FilmLost("broken")));

/**
 * Sends the newest picture whenever the server takes one, until the film is over. A slow network has fewer
 * pictures sent, and none of them late.
 * @param {HTMLVideoElement} video
 * @param {LiveSocket} socket
 * @param {Terms} terms
 * @param {AbortSignal} signal
 */
async function send(video, socket, terms, signal) {
  const pictures = new Pictures(video, terms);
  await pictures.fit(Math.min(AIM_BYTES, terms.most_bytes));
  for (let dueMs = 0; !socket.isOver; ) {
    const atMs = await nextPicture(video, signal);
    if (!socket.isFree || atMs < dueMs) continue;
    // A camera's pictures do not fall on the tenths of a second. On average there are no more.
    dueMs = Math.max(dueMs + terms.every_ms, atMs + terms.every_ms / 2);
    pictures.draw();
    const picture = await pictures.jpeg();
    if (picture.size <= terms.most_bytes) socket.send(picture);
    else await pictures.fit(Math.min(AIM_BYTES, terms.most_bytes));
  }
  return socket.result;
}
