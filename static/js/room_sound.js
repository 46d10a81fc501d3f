// Plays the room's sound, for phones without Bluetooth. It is off until the teacher asks for it.

import { find, told } from "./find.js";

/** @typedef {{ context: AudioContext, worker: Worker }} Playing  What plays while the sound is on. */

const PAUSE_MS = 2_000; // between two payloads: short, to be heard soon, and long, not to fill the room
const RETRY_MS = 2_000; // between two calls while there is no connection

/**
 * Makes the room's sound, which the teacher turns on and off with `toggle`.
 * @param {HTMLElement} root  Its data-sound holds the session's address of what to play.
 */
export function createRoomSound(root) {
  const button = find(root, "[data-toggle-sound]");
  const line = find(root, "[data-sound-state]");
  /** @type {Playing | null} */
  let playing = null; // null while the sound is off

  async function start() {
    const mine = { context: new AudioContext(), worker: new Worker(told(root, "soundWorker")) };
    playing = mine;
    show(true, gettext("The room's sound is on"));
    await mine.context.resume();
    while (playing === mine) await sayOnce(mine);
  }

  /** @param {Playing} mine */
  async function sayOnce(mine) {
    const answer = await fetch(told(root, "sound"), { cache: "no-store" }).catch(() => null);
    if (playing !== mine) return;
    if (answer && !answer.ok) stop();
    else if (!answer)
      await waitFor(mine, RETRY_MS, gettext("The room's sound is waiting for the connection"));
    else await say(mine, bytesOf((await answer.json()).payload));
  }

  /**
   * @param {Playing} mine
   * @param {Uint8Array} bytes
   */
  async function say(mine, bytes) {
    const samples = await encoded(mine.worker, bytes, mine.context.sampleRate);
    if (playing !== mine) return;
    if (!samples) {
      stop();
      show(false, gettext("This browser cannot play the room's sound. Use another browser."));
      return;
    }
    await played(mine.context, samples);
    await waitFor(mine, PAUSE_MS, gettext("The room's sound is on"));
  }

  /**
   * @param {Playing} mine
   * @param {number} ms
   * @param {string} words
   */
  function waitFor(mine, ms, words) {
    if (playing === mine) show(true, words);
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  /**
   * @param {boolean} on
   * @param {string} words
   */
  function show(on, words) {
    button.setAttribute("aria-pressed", String(on));
    root.dataset.soundOn = String(on);
    if (line.textContent !== words) line.textContent = words;
  }

  /** Turns the sound off. It does no harm to call it again. */
  function stop() {
    if (!playing) return;
    const { context, worker } = playing;
    playing = null;
    worker.terminate();
    context.close();
    show(false, gettext("The room's sound is off"));
  }

  function toggle() {
    if (playing) stop();
    else start();
  }

  button.addEventListener("click", toggle);
  addEventListener("pagehide", stop);
  return { toggle, stop };
}

/**
 * Makes the sound of the bytes; null where this browser cannot.
 * @param {Worker} worker
 * @param {Uint8Array} bytes
 * @param {number} rate  Samples a second.
 * @returns {Promise<Float32Array<ArrayBuffer> | null>}
 */
function encoded(worker, bytes, rate) {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data.samples ?? null);
    worker.onerror = () => resolve(null);
    worker.postMessage({ encode: bytes, rate });
  });
}

/**
 * Plays the samples, and resolves when they were heard or the sound was turned off.
 * @param {AudioContext} context
 * @param {Float32Array<ArrayBuffer>} samples
 * @returns {Promise<unknown>}
 */
function played(context, samples) {
  const buffer = context.createBuffer(1, samples.length, context.sampleRate);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(context.destination);
  return new Promise((resolve) => {
    source.addEventListener("ended", () => resolve(null));
    // In a context that is closed meanwhile the source never ends.
    context.addEventListener("statechange", () => context.state === "closed" && resolve(null));
    source.start();
  });
}

/** @param {string} hex */
function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
