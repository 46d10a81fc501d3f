// Hears the room's sound, for phones whose browser has no Bluetooth. The sound is read on the phone, and
// only the bytes in it are sent; docs/sound.md describes it.

import { post, Refused } from "./api.js";

const WORKER = "/sound/worker.js";
const TAP = new URL("./sound_tap.js", import.meta.url);
const PATIENCE_MS = 12_000; // the sound takes 1.5 s and comes every 3.5, so three are heard whole
// So many samples are handed over at once, a tenth of a second. ggwave hears nothing at 48 kHz in pieces
// that are no multiple of its frame of 1024, and nothing at 44.1 kHz in pieces of one frame.
const PIECE = 4_096;

/**
 * @typedef {object} Ending  How listening ended.
 * @property {boolean} accepted
 * @property {"accepted" | "nothing-heard" | "refused" | "cancelled" | "denied"} what
 * @property {string} sentence  How it ended, for the student to read.
 * @property {Api.Step} [step]  The server's answer, where it accepted what was heard.
 *
 * @typedef {object} Ear  The microphone and what reads its sound.
 * @property {AudioContext} context
 * @property {MediaStream} stream
 * @property {Worker} worker
 * @property {() => void} close  Turns the microphone off.
 *
 * @typedef {{ bytes: Uint8Array, at: number }} Heard  A payload, and when it was heard: `at` is in
 *   milliseconds of performance.now().
 */

/** Whether this browser can listen at all; whether it may is for its owner to say. */
export const isOffered = () =>
  Boolean(
    typeof navigator.mediaDevices?.getUserMedia === "function" &&
      globalThis.AudioContext &&
      globalThis.AudioWorkletNode &&
      globalThis.Worker,
  );

/**
 * Listens until the room's sound was heard and the server has judged it. It has to be called in a tap,
 * since an iPhone lets no sound in otherwise. The microphone is off afterwards in every case.
 * @param {object} options
 * @param {string} options.attempt  The id of the attempt to check in.
 * @param {(sentence: string, state: "asking" | "listening" | "sending") => void} [options.onState]
 *   Called with a sentence that says how far it is.
 * @param {AbortSignal} [options.signal]  When it aborts, the listening ends.
 * @returns {Promise<Ending>}
 * @throws {import("./api.js").Unreachable} where the network was away: the student has to listen again.
 */
export async function gather({ attempt, onState = () => null, signal }) {
  if (signal?.aborted) return ended("cancelled");
  onState(gettext("Allow the microphone to hear the room's sound."), "asking");
  const ear = await open();
  if (!ear) return ended(signal?.aborted ? "cancelled" : "denied");
  let heard;
  try {
    onState(gettext("Listening for the room's sound. Hold the phone still."), "listening");
    heard = await payload(ear, signal);
  } finally {
    ear.close();
  }
  if (signal?.aborted) return ended("cancelled");
  if (!heard) return ended("nothing-heard");
  onState(gettext("Heard. One moment."), "sending");
  return judged(attempt, heard);
}

const SENTENCES = {
  accepted: () => gettext("The room's sound was heard."),
  "nothing-heard": () =>
    gettext("The room's sound was not heard. Ask your teacher to turn it on, then listen again."),
  cancelled: () => gettext("You stopped listening."),
  denied: () =>
    gettext(
      "The microphone is not allowed. Allow it in the browser's settings, or continue without it.",
    ),
};

/**
 * @param {keyof typeof SENTENCES} what
 * @returns {Ending}
 */
const ended = (what) => ({ accepted: what === "accepted", what, sentence: SENTENCES[what]() });

/**
 * @param {string} sentence
 * @returns {Ending}
 */
const refused = (sentence) => ({ accepted: false, what: "refused", sentence });

/**
 * @param {string} attempt
 * @param {Heard} heard
 */
async function judged(attempt, { bytes, at }) {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const heard = [{ payload: hex, heard_s_ago: (performance.now() - at) / 1000 }];
  try {
    const body = { attempt, heard, nonce: crypto.randomUUID(), finish: true };
    const step = await post("/sound/check", body);
    // A sound with any reason against it does not count, even if it only came too late.
    const [against] = step.reasons;
    return against ? refused(against.message) : { ...ended("accepted"), step };
  } catch (error) {
    if (error instanceof Refused) return refused(error.message);
    throw error;
  }
}

// --- the microphone ------------------------------------------------------------------------

/**
 * @returns {Promise<Ear | null>}  Null where the microphone is not allowed or there is none.
 */
async function open() {
  // The context is made before anything is waited for, while the tap still counts.
  const context = new AudioContext();
  /** @type {MediaStream | null} */
  let stream = null;
  /** @type {Worker | null} */
  let worker = null;
  const close = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    worker?.terminate();
    context.close();
  };
  try {
    // What makes speech clear in a browser takes tones for noise.
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
    await Promise.all([context.resume(), context.audioWorklet.addModule(TAP)]);
    worker = new Worker(WORKER);
  } catch {
    close();
    return null;
  }
  return { context, stream, worker, close };
}

/**
 * Waits for the first whole payload; null where none came in PATIENCE_MS, or the signal aborted.
 * @param {Ear} ear
 * @param {AbortSignal} [signal]
 * @returns {Promise<Heard | null>}
 */
function payload({ context, stream, worker }, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), PATIENCE_MS);
    const done = (/** @type {Heard | null} */ found) => {
      clearTimeout(timer);
      resolve(found);
    };
    signal?.addEventListener("abort", () => done(null), { once: true });
    worker.onerror = () => done(null);
    worker.onmessage = ({ data }) => {
      if (data.bytes && isOurs(data.bytes)) done({ bytes: data.bytes, at: performance.now() });
      else if (data.failed) done(null);
    };
    worker.postMessage({ listen: context.sampleRate });
    const tap = new AudioWorkletNode(context, "tap", { numberOfOutputs: 0 });
    tap.port.onmessage = inPieces((heard) => worker.postMessage({ heard }, [heard.buffer]));
    new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(tap);
  });
}

/**
 * Collects what the audio worklet hands over, 128 samples at a time, and passes it on in larger pieces.
 * @param {(piece: Float32Array<ArrayBuffer>) => void} give
 * @returns {(event: MessageEvent<Float32Array>) => void}
 */
function inPieces(give) {
  let piece = new Float32Array(PIECE);
  let filled = 0;
  return ({ data }) => {
    const fits = data.subarray(0, PIECE - filled);
    piece.set(fits, filled);
    filled += fits.length;
    if (filled < PIECE) return;
    give(piece);
    piece = new Float32Array(PIECE);
    piece.set(data.subarray(fits.length));
    filled = data.length - fits.length;
  };
}

// --- the bytes -----------------------------------------------------------------------------

const PREFIX = 0xa7;
const BYTES = 11;

/**
 * Whether the bytes are whole and of this protocol. Other bytes were damaged by noise, and are no sign
 * that somebody has invented them.
 * @param {Uint8Array} bytes
 */
function isOurs(bytes) {
  if (bytes.length !== BYTES || bytes[0] !== PREFIX) return false;
  const said = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint16(BYTES - 2);
  return crc16(bytes.subarray(0, -2)) === said;
}

/**
 * The check sum CRC-16/XMODEM: its polynomial is 1021 in hexadecimal, and it begins with 0.
 * @param {Uint8Array} bytes
 */
function crc16(bytes) {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}
