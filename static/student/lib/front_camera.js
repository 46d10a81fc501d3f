// Opens the front camera: it shows what the camera sees, says how bright that is, and takes pictures.

import { brightnessOf, contextOf, jpegOf } from "./canvas.js";
import { ForPeople, nameOf } from "./for_people.js";

/** @typedef {Awaited<ReturnType<typeof front>>} FrontCamera */

const WANTED = {
  video: { facingMode: "user", width: { ideal: 960 }, height: { ideal: 720 } },
  audio: false,
};
const QUALITY = 0.85; // of the JPEG, from 0 to 1
const SAMPLE_PX = 16; // the side of the sample whose mean is taken

/**
 * Opens the camera and plays what it sees in `video`, until `stop` is called.
 * @throws {ForPeople} where it cannot be opened.
 */
export async function front() {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new ForPeople(
      gettext("This browser does not let pages use the camera. Update it, or use another one."),
    );
  }
  const stream = await opened();
  const video = document.createElement("video");
  Object.assign(video, { srcObject: stream, muted: true, autoplay: true, playsInline: true });
  video.setAttribute("aria-label", gettext("What the camera sees"));
  await video.play();
  return {
    video,
    brightness: () => brightness(video),
    picture: () => picture(video),
    stop: () => {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

async function opened() {
  try {
    return await navigator.mediaDevices.getUserMedia(WANTED);
  } catch (error) {
    throw new ForPeople(wordsFor(nameOf(error)));
  }
}

/** @param {string} name  The name of the error that the browser gave. */
function wordsFor(name) {
  if (name === "NotAllowedError") {
    return gettext(
      "The camera is not allowed. Allow it for this page in the browser's settings, " +
        "beside the address, and try again.",
    );
  }
  if (name === "NotFoundError") {
    return gettext(
      "This device has no camera. Use your phone, or ask your teacher to confirm you.",
    );
  }
  return gettext("The camera did not start. Close other apps that use it, and try again.");
}

/**
 * @typedef {object} Part  A part of the picture, in pixels.
 * @property {number} left
 * @property {number} top
 * @property {number} wide
 * @property {number} high
 */

/**
 * Draws a part of the picture onto the whole of a new canvas.
 * @param {HTMLVideoElement} video
 * @param {number} width
 * @param {number} height
 * @param {Part} part
 */
function drawn(video, width, height, { left, top, wide, high }) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = contextOf(canvas);
  context.drawImage(video, left, top, wide, high, 0, 0, width, height);
  return { canvas, context };
}

/**
 * The mean brightness of the picture's middle, where the face is, from 0 to 255.
 * @param {HTMLVideoElement} video
 */
function brightness(video) {
  const { videoWidth: wide, videoHeight: high } = video;
  if (!wide) return 128;
  const middle = { left: wide / 4, top: high / 4, wide: wide / 2, high: high / 2 };
  const { context } = drawn(video, SAMPLE_PX, SAMPLE_PX, middle);
  return brightnessOf(context.getImageData(0, 0, SAMPLE_PX, SAMPLE_PX));
}

/**
 * Makes a JPEG of the picture as the camera sees it. What the page shows is mirrored.
 * @param {HTMLVideoElement} video
 */
function picture(video) {
  const { videoWidth: wide, videoHeight: high } = video;
  const { canvas } = drawn(video, wide, high, { left: 0, top: 0, wide, high });
  return jpegOf(canvas, QUALITY);
}
