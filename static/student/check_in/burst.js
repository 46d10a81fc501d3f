// Takes a burst: pictures of the face at the moments that the server has asked for, while the prompts
// come and go.

import { nextPicture } from "./camera.js";
import { Pictures } from "./pictures.js";

const HEIGHT_PX = 480;
const WIDTH_PX = 360;
const BURST_BYTES = 380_000; // all pictures of a burst together stay under it
const LATE_S = 0.2; // a picture may be so late; the server takes one that is up to 0.25 s late
// Seconds between two pictures that are taken evenly: at least the first, at most the second. The server
// takes 47 pictures, and none that are more than 0.45 s apart.
const EVEN_S = 0.19;
const EVEN_GAP_S = 0.43;
// The mean brightness, of 255, under or over which a hint is shown. The server refuses only pictures that
// are darker or brighter still, so that the hint comes first.
const DARK = 60;
const BRIGHT = 205;

/**
 * @typedef {object} Burst  The pictures of a face step and their times, as they are sent.
 * @property {number} challenge  The number of the challenge that it follows.
 * @property {number[]} timesS  When each picture was taken, in seconds since the beginning.
 * @property {Blob[]} frames  The pictures, as JPEG.
 *
 * @typedef {{ fromS: number, untilS: number }} Due  When the next picture is to be taken, in
 *   seconds since the beginning.
 * @typedef {(timesS: number[]) => Due | null} DueAfter  When the next picture is due after those that
 *   were taken at `timesS`; null where there are enough.
 *
 * @typedef {object} How  How a burst is recorded.
 * @property {boolean} evenly  Whether to take as many pictures as a slow camera gives, instead of one at
 *   each moment that the challenge names.
 * @property {(prompt: Api.Prompt | null, nth: number) => void} onPrompt  Called when a prompt begins, and
 *   with null when it is over.
 */

/** Takes the pictures of a burst. */
export class Recorder extends Pictures {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    super(video, { wide: WIDTH_PX, high: HEIGHT_PX });
  }

  /**
   * Chooses the quality at which a whole burst stays under its limit of bytes.
   * @param {Api.Challenge} challenge
   * @param {{ evenly: boolean }} how
   */
  async prepare({ duration_s, pictures_s }, { evenly }) {
    await this.fit(BURST_BYTES / (evenly ? duration_s / EVEN_S : pictures_s.length));
  }

  /**
   * Records until the challenge's end, and says each prompt at its time.
   * @param {Api.Challenge} challenge
   * @param {How} how
   * @param {AbortSignal} signal
   * @returns {Promise<Burst | null>}  Null where the phone was too busy to take each picture, or to say
   *   each prompt, in time.
   */
  async record(challenge, { evenly, onPrompt }, signal) {
    const start = performance.now();
    let allInTime = true;
    /**
     * @param {number} atS
     * @param {Api.Prompt | null} prompt
     * @param {number} n
     */
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
      const dueAfter = evenly ? untilTheEnd(challenge) : atMoments(challenge);
      const pictures = await this.#pictures(start, dueAfter, signal);
      return pictures && allInTime ? { challenge: challenge.number, ...pictures } : null;
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }

  /**
   * @param {number} start  When the recording began, in milliseconds on the page's clock.
   * @param {DueAfter} dueAfter
   * @param {AbortSignal} signal
   */
  async #pictures(start, dueAfter, signal) {
    /** @type {number[]} */
    const timesS = [];
    const coming = [];
    for (let due = dueAfter(timesS); due; due = dueAfter(timesS)) {
      let atS = 0;
      do atS = ((await nextPicture(this.video, signal)) - start) / 1000;
      while (atS < due.fromS);
      if (atS > due.untilS) return null;
      this.draw();
      timesS.push(Number(atS.toFixed(3)));
      coming.push(this.jpeg());
    }
    return { timesS, frames: await Promise.all(coming) };
  }
}

/** @type {(challenge: Api.Challenge) => DueAfter} */
const atMoments =
  ({ pictures_s }) =>
  ({ length }) => {
    const fromS = pictures_s[length];
    return fromS === undefined ? null : { fromS, untilS: fromS + LATE_S };
  };

/** @type {(challenge: Api.Challenge) => DueAfter} */
const untilTheEnd =
  ({ duration_s }) =>
  (timesS) => {
    const lastS = timesS.at(-1) ?? 0;
    return lastS < duration_s ? { fromS: lastS + EVEN_S, untilS: lastS + EVEN_GAP_S } : null;
  };

/**
 * Says what to do about the light; "" where it is good.
 * @param {number} brightness  The mean, from 0 to 255.
 */
export function lightHint(brightness) {
  if (brightness < DARK) return gettext("Too dark. Turn towards a lamp or a window.");
  if (brightness > BRIGHT) return gettext("Too bright. Turn away from the lamp or the window.");
  return "";
}
