// A burst: pictures of the face at the moments that the server asked for, while the prompts come and go.

import { h } from "../lib/dom.js";
import { nextPicture } from "./camera.js";

const HEIGHT_PX = 480;
const WIDTH_PX = 360;
const BURST_BYTES = 380_000;
const QUALITIES = [0.85, 0.75, 0.65, 0.55, 0.45, 0.35, 0.25];
const LATE_S = 0.2; // the server takes a picture that is 0.25 late
const EVEN_S = 0.19; // between pictures that heed no moments; the server takes 47 of them,
const EVEN_GAP_S = 0.43; // and none farther apart than 0.45
const DARK = 60; // of 255; the server's own limit is lower, so the hint comes in time
const BRIGHT = 205;

/** Takes pictures of a video, all of one size and make, not mirrored. */
export class Recorder {
  constructor(video) {
    this.video = video;
    this.canvas = h("canvas", { width: WIDTH_PX, height: HEIGHT_PX });
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.quality = QUALITIES[0];
  }

  #draw() {
    const { videoWidth: wide, videoHeight: high } = this.video;
    const scale = Math.max(WIDTH_PX / wide, HEIGHT_PX / high);
    const [w, h_] = [WIDTH_PX / scale, HEIGHT_PX / scale];
    this.context.drawImage(
      this.video,
      (wide - w) / 2,
      (high - h_) / 2,
      w,
      h_,
      0,
      0,
      WIDTH_PX,
      HEIGHT_PX,
    );
  }

  #encoded(quality) {
    return new Promise((resolve) => this.canvas.toBlob(resolve, "image/jpeg", quality));
  }

  /** Settles the quality at which a whole burst stays small. One for all: a camera changes none. */
  async prepare(challenge, { evenly }) {
    const each =
      BURST_BYTES / (evenly ? challenge.duration_s / EVEN_S : challenge.pictures_s.length);
    this.#draw();
    for (this.quality of QUALITIES) {
      if ((await this.#encoded(this.quality)).size <= each) return;
    }
  }

  /** Mean brightness of the middle, 0 to 255. */
  brightness() {
    this.#draw();
    const { data } = this.context.getImageData(
      WIDTH_PX / 4,
      HEIGHT_PX / 4,
      WIDTH_PX / 2,
      HEIGHT_PX / 2,
    );
    let sum = 0;
    for (let n = 0; n < data.length; n += 64)
      sum += 0.3 * data[n] + 0.59 * data[n + 1] + 0.11 * data[n + 2];
    return (sum * 64) / data.length;
  }

  /**
   * Records until the challenge's end, and says each prompt at its time.
   * @param {{number: number, duration_s: number, prompts: object[], pictures_s: number[]}} challenge
   * @param {{evenly: boolean, onPrompt: (prompt: object|null, nth: number) => void}} how  Evenly: as
   *   many pictures as a slow camera gives, instead of one at each moment. A prompt is null when it
   *   is over.
   * @returns {Promise<null|{challenge: number, timesS: number[], frames: Blob[]}>}  Null where the
   *   phone was too busy to take each picture, or to say each prompt, in time.
   */
  async record(challenge, { evenly, onPrompt }, signal) {
    const start = performance.now();
    let allInTime = true;
    const tell = (atS, prompt, n) =>
      setTimeout(() => {
        allInTime &&= performance.now() <= start + (atS + LATE_S) * 1000;
        onPrompt(prompt, n);
      }, atS * 1000);
    const timers = challenge.prompts.flatMap((prompt, n) => [
      tell(prompt.start_s, prompt, n),
      tell(prompt.end_s, null, n),
    ]);
    try {
      const pictures = await this.#pictures(
        start,
        evenly ? untilTheEnd(challenge) : atMoments(challenge),
        signal,
      );
      return pictures && allInTime ? { challenge: challenge.number, ...pictures } : null;
    } finally {
      timers.forEach(clearTimeout);
    }
  }

  async #pictures(start, dueAfter, signal) {
    const timesS = [];
    const coming = [];
    for (let due = dueAfter(timesS); due; due = dueAfter(timesS)) {
      let atS;
      do atS = ((await nextPicture(this.video, signal)) - start) / 1000;
      while (atS < due.fromS);
      if (atS > due.untilS) return null;
      this.#draw();
      timesS.push(Number(atS.toFixed(3)));
      coming.push(this.#encoded(this.quality));
    }
    return { timesS, frames: await Promise.all(coming) };
  }
}

// When the next picture is due after those at timesS; null where there are enough.

const atMoments =
  ({ pictures_s }) =>
  ({ length }) =>
    length < pictures_s.length
      ? { fromS: pictures_s[length], untilS: pictures_s[length] + LATE_S }
      : null;

const untilTheEnd =
  ({ duration_s }) =>
  (timesS) => {
    const lastS = timesS.at(-1) ?? 0;
    return lastS < duration_s ? { fromS: lastS + EVEN_S, untilS: lastS + EVEN_GAP_S } : null;
  };

/** What to do about the light; "" where it is good. */
export function lightHint(brightness) {
  if (brightness < DARK) return gettext("More light, please. Turn towards a lamp or a window.");
  if (brightness > BRIGHT)
    return gettext("Less light, please. Turn away from the lamp or the window.");
  return "";
}
