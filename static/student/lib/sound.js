// Hears the room's sound, for phones whose browser cannot do Bluetooth. The sound is read on the
// phone, and only the bytes that it says are sent: docs/sound.md.

import { post, Refused } from "./api.js";

const WORKER = "/sound/worker.js";
const TAP = new URL("./sound_tap.js", import.meta.url);
const PATIENCE_MS = 12_000; // the sound takes 1.5 s and comes every 3.5, so three are heard whole
// Samples handed over at once, a tenth of a second. ggwave hears nothing at 48 kHz in pieces that are
// no multiple of its frame of 1024, and nothing at 44.1 kHz in pieces of one frame.
const PIECE = 4_096;

/** Whether this browser can listen at all; whether it may is for its owner to say. */
export const isOffered = () =>
  Boolean(
    navigator.mediaDevices?.getUserMedia &&
      globalThis.AudioContext &&
      globalThis.AudioWorkletNode &&
      globalThis.Worker,
  );

/**
 * Listen until the room's sound was heard and the server has judged it. To be called on a tap,
 * or an iPhone lets no sound in. Whatever comes, the microphone is off afterwards.
 * @param {{attempt: string, session: string,
 *          onState?: (sentence: string, state: "asking"|"listening"|"sending") => void,
 *          signal?: AbortSignal}} options
 * @returns {Promise<{accepted: boolean, sentence: string,
 *   what: "accepted"|"nothing-heard"|"refused"|"cancelled"|"denied"}>}
 * @throws {Unreachable} where the network was away: gathering again is all there is to do.
 */
export async function gather({ attempt, onState = () => null, signal }) {
  if (signal?.aborted) return ended("cancelled");
  onState(gettext("Allow the microphone, to hear the room's sound."), "asking");
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
      "The microphone is not allowed. Allow it in the browser's settings, or go on without it.",
    ),
};
const ended = (what) => ({ accepted: what === "accepted", what, sentence: SENTENCES[what]() });
const refused = (sentence) => ({ accepted: false, what: "refused", sentence });

async function judged(attempt, { bytes, at }) {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const heard = [{ payload: hex, heard_s_ago: (performance.now() - at) / 1000 }];
  try {
    const step = await post("/sound/check", { attempt, heard, nonce: crypto.randomUUID() });
    // Whatever speaks against it means that it does not count, if only because it came too late.
    return step.reasons.length ? refused(step.reasons[0].message) : ended("accepted");
  } catch (error) {
    if (error instanceof Refused) return refused(error.message);
    throw error;
  }
}

// --- the microphone ------------------------------------------------------------------------

/** The microphone and what reads it, null where it is not allowed or there is none. */
async function open() {
  // Before anything is waited for, while the tap still counts.
  const context = new AudioContext();
  let stream = null;
  let worker = null;
  const close = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    worker?.terminate();
    context.close();
  };
  try {
    // What makes speech clear takes tones for noise.
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

/** The first whole payload and when it was heard; null after a while, or when told to stop. */
function payload({ context, stream, worker }, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), PATIENCE_MS);
    const done = (found) => {
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

/** Collects what the tap hands over, 128 samples at a time. */
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

/** Whether they are whole and of this protocol: what noise has damaged is nobody's invention. */
function isOurs(bytes) {
  if (bytes.length !== BYTES || bytes[0] !== PREFIX) return false;
  return crc16(bytes.subarray(0, -2)) === ((bytes[BYTES - 2] << 8) | bytes[BYTES - 1]);
}

/** CRC-16/XMODEM: polynomial 1021, begun with 0. */
function crc16(bytes) {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}
