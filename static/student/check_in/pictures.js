// Takes pictures of a video, all of one size and quality, and not mirrored.

import { brightnessOf, contextOf, jpegOf } from "../lib/canvas.js";
import { h } from "../lib/dom.js";

const QUALITY_MAX = 0.85; // of a JPEG, from 0 to 1
const QUALITIES = [QUALITY_MAX, 0.75, 0.65, 0.55, 0.45, 0.35, 0.25];
const EVERY_PX = 16; // one point of so many is looked at, which is enough to know the light

/** What a camera's pictures are taken with, as large as the server wants them. */
export class Pictures {
  /**
   * @param {HTMLVideoElement} video
   * @param {{ wide: number, high: number }} size  In pixels.
   */
  constructor(video, { wide, high }) {
    this.video = video;
    this.canvas = h("canvas", { width: wide, height: high });
    this.context = contextOf(this.canvas);
    this.quality = QUALITY_MAX;
  }

  /** Draws what the video shows now: its upright middle. */
  draw() {
    const { width: wide, height: high } = this.canvas;
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.max(wide / videoWidth, high / videoHeight);
    const [width, height] = [wide / scale, high / scale];
    const [left, top] = [(videoWidth - width) / 2, (videoHeight - height) / 2];
    this.context.drawImage(this.video, left, top, width, height, 0, 0, wide, high);
  }

  /** The picture that was drawn last, as JPEG. */
  jpeg() {
    return jpegOf(this.canvas, this.quality);
  }

  /**
   * Chooses the best quality at which a picture of now has no more bytes than that. All further pictures
   * have the same quality, as those of a camera have.
   * @param {number} bytes
   */
  async fit(bytes) {
    this.draw();
    for (this.quality of QUALITIES) {
      if ((await this.jpeg()).size <= bytes) return;
    }
  }

  /** The mean brightness of the middle of the picture, from 0 to 255. */
  brightness() {
    this.draw();
    const { width: wide, height: high } = this.canvas;
    const middle = this.context.getImageData(wide / 4, high / 4, wide / 2, high / 2);
    return brightnessOf(middle, EVERY_PX);
  }
}
