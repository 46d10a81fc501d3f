// Reads codes out of the camera's pictures, by the browser's own reader or else by WebAssembly.

import { contextOf } from "../lib/canvas.js";

const LARGEST_PX = 1080; // the side of the square that is read

/**
 * @typedef {object} Reader
 * @property {(video: HTMLVideoElement) => Promise<string[]>} read  The texts of the codes in the
 *   middle of the picture.
 * @property {() => void} close  Ends the reader.
 */

/** @type {Promise<Reader> | null}  A reader that nobody has taken yet. */
let ahead = null;

/** Makes a reader that is there by the time the camera is. */
export function prepareReader() {
  ahead ??= newReader();
}

/** Ends the reader that was made ahead, where nobody has taken it. */
export function dropReader() {
  ahead?.then((reader) => reader.close());
  ahead = null;
}

/** The reader that was made ahead, or a new one. Whoever takes it closes it. */
export function makeReader() {
  const reader = ahead ?? newReader();
  ahead = null;
  return reader;
}

/**
 * Makes a reader: the browser's own, or where there is none the one in WebAssembly, which is loaded only
 * then (0.4 MB compressed).
 * @returns {Promise<Reader>}
 */
async function newReader() {
  return (await ownReader()) ?? workerReader();
}

/** @returns {Promise<Reader | null>} */
async function ownReader() {
  try {
    if (!(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return null;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    const read = async (/** @type {HTMLVideoElement} */ video) =>
      (await detector.detect(middle(video))).map((found) => found.rawValue);
    return { read, close: () => null };
  } catch {
    return null; // there is no BarcodeDetector, or one that only pretends
  }
}

/** @returns {Reader} */
function workerReader() {
  const worker = new Worker(new URL("reader_worker.js", import.meta.url));
  /** @type {{ resolve: (texts: string[]) => void, reject: (why: Error) => void } | null} */
  let waiting = null;
  worker.addEventListener("message", ({ data }) => waiting?.resolve(data));
  worker.addEventListener("error", () =>
    waiting?.reject(new Error(gettext("The code reader could not be loaded."))),
  );
  const read = (/** @type {HTMLVideoElement} */ video) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      const picture = contextOf(middle(video)).getImageData(0, 0, canvas.width, canvas.height);
      const { data, width, height } = picture;
      worker.postMessage({ data, width, height }, [data.buffer]);
    });
  return { read, close: () => worker.terminate() };
}

const canvas = document.createElement("canvas");

/**
 * Draws the middle of the picture, square and at full resolution, since a code far away is small.
 * @param {HTMLVideoElement} video
 */
function middle(video) {
  const side = Math.min(video.videoWidth, video.videoHeight, LARGEST_PX);
  if (canvas.width !== side) Object.assign(canvas, { width: side, height: side });
  const left = (video.videoWidth - side) / 2;
  const top = (video.videoHeight - side) / 2;
  contextOf(canvas).drawImage(video, left, top, side, side, 0, 0, side, side);
  return canvas;
}
