// Draws into a canvas whose points are read.

/**
 * What draws into the canvas, made for points that are often read.
 * @param {HTMLCanvasElement} canvas
 * @throws {Error} where the browser cannot draw.
 */
export function contextOf(canvas) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser cannot draw.");
  return context;
}

/**
 * What the canvas shows, as a JPEG.
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
