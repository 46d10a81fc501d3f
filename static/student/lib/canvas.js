// Draws into a canvas and reads its points.

/**
 * Gives what draws into the canvas, made so that its points can be read often.
 * @param {HTMLCanvasElement} canvas
 * @throws {Error} where the browser cannot draw.
 */
export function contextOf(canvas) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser cannot draw.");
  return context;
}

const POINT_BYTES = 4; // of a point: red, green, blue and how opaque it is

/**
 * The mean brightness of a picture, from 0 to 255, as eyes weigh red, green and blue (ITU-R BT.601).
 * @param {ImageData} picture
 * @param {number} [everyPx]  One point of so many is looked at.
 */
export function brightnessOf({ data }, everyPx = 1) {
  const bytes = new DataView(data.buffer);
  const stepBytes = everyPx * POINT_BYTES;
  let sum = 0;
  for (let at = 0; at < data.length; at += stepBytes) {
    const [red, green, blue] = [bytes.getUint8(at), bytes.getUint8(at + 1), bytes.getUint8(at + 2)];
    sum += 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return sum / Math.ceil(data.length / stepBytes);
}

/**
 * Makes a JPEG of what the canvas shows.
 * @param {HTMLCanvasElement} canvas
 * @param {number} quality  From 0 to 1.
 * @returns {Promise<Blob>}
 */
export function jpegOf(canvas, quality) {
  return new Promise((resolve, reject) => {
    const done = (/** @type {Blob | null} */ blob) =>
      blob ? resolve(blob) : reject(new Error("The browser made no picture."));
    canvas.toBlob(done, "image/jpeg", quality);
  });
}
