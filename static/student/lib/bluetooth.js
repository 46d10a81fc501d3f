// Asks the room's beacon over Bluetooth; docs/bluetooth.md describes it under "What a phone can ask".
//
// A page cannot listen for advertisements, but it can connect. The browser lets it ask for a device
// only in a tap, so `gather` is called from one.

import { post, Refused, Unreachable } from "./api.js";
import { fill } from "./dom.js";
import { messageOf, nameOf } from "./for_people.js";
import { nonce as fresh } from "./key.js";

const SERVICE = "a77e0001-482a-4925-a49e-1a2445f7ee33";
const CHALLENGE = "a77e0002-482a-4925-a49e-1a2445f7ee33";
const ANSWER = "a77e0003-482a-4925-a49e-1a2445f7ee33";
const STATUS = { answer: 1, wait: 2, notANonce: 3, full: 4, noSession: 5 };
const TAG_BYTES = 3;
const REPLY_BYTES = 20;

const CONNECT_MS = 8_000; // a connection takes 1 to 4 s (verification/domain/policy.py)
const ANSWER_MS = 20_000; // the queue of a full lecture hall takes 15 s (beacon/desk.py)
const LOOK_MS = 1_000; // how often the answer is read, should its notification be lost
const FULL_MS = 2_000; // how long the beacon asks a phone to wait
const TRIES = 3;

/** Thrown where a try ended without an answer. */
class Ended extends Error {
  /**
   * @param {string} what  The stable code of how it ended, as in Ending.
   * @param {boolean} [again]  Whether a further try may end in another way.
   */
  constructor(what, again = false) {
    super(what);
    this.what = what;
    this.again = again;
  }
}

/**
 * @typedef {object} Ending  How asking the beacon ended.
 * @property {boolean} accepted
 * @property {string} what  Its stable code: accepted, not_accepted, cancelled, needs_tap, not_allowed,
 *   unavailable, lost, timed_out, full, no_session, stopped, unreachable, or the server's code.
 * @property {string} sentence  How it ended, for the student to read.
 * @property {Api.Step | null} step  The server's answer, where there was one.
 * @property {string[]} [unsent]  The beacon's answers that no network took, in hexadecimal.
 *
 * @typedef {(sentence: string) => void} OnState  Called with a sentence that says how far it is.
 */

/** Whether this browser can ask a beacon at all. */
export const isOffered = () => Boolean(navigator.bluetooth?.requestDevice);

/**
 * Asks the beacon and sends its answer.
 * @param {object} options
 * @param {string} options.attempt  The id of the attempt to check in.
 * @param {string} options.beaconNonce  The attempt's, 32 hexadecimal digits.
 * @param {OnState} [options.onState]
 * @param {AbortSignal | null} [options.signal]  When it aborts, the asking ends.
 * @returns {Promise<Ending>}
 */
export async function gather({ attempt, beaconNonce, onState = () => {}, signal = null }) {
  /** @type {string[]} */
  let unsent = [];
  try {
    onState(gettext("Choose the beacon of this room in the list."));
    const device = await choose();
    const answer = await askUntilAnswered(device, bytesOf(beaconNonce), onState, signal);
    onState(gettext("The beacon answered. One moment …"));
    unsent = [hexOf(answer)];
    const step = await send(attempt, unsent, signal);
    const sentence = step.accepted
      ? gettext("You are in the room.")
      : (step.reasons[0]?.message ?? "");
    return {
      accepted: step.accepted,
      what: step.accepted ? "accepted" : "not_accepted",
      sentence,
      step,
    };
  } catch (error) {
    const ending = outcome(error, signal);
    return ending.what === "unreachable" ? { ...ending, unsent } : ending;
  }
}

/**
 * @param {unknown} error
 * @param {AbortSignal | null} signal
 * @returns {Ending}
 */
const outcome = (error, signal) => {
  const what = signal?.aborted ? "stopped" : whatOf(error);
  const sentence = SENTENCES()[what] ?? messageOf(error);
  return { accepted: false, what, sentence, step: null };
};

/** @param {unknown} error */
function whatOf(error) {
  if (error instanceof Ended) return error.what;
  if (error instanceof Unreachable) return "unreachable";
  return error instanceof Refused ? error.code : "lost";
}

/** @type {() => Record<string, string>} */
const SENTENCES = () => ({
  cancelled: gettext("No beacon was chosen. Try again, or continue without Bluetooth."),
  needs_tap: gettext("Tap the button to let the browser look for the beacon."),
  not_allowed: gettext(
    "Bluetooth is not allowed. Allow it in the browser's settings, or continue without it.",
  ),
  unavailable: gettext("Bluetooth is off. Turn it on and try again, or continue without it."),
  lost: gettext("The connection to the beacon was lost. Move closer and try again."),
  timed_out: gettext("The beacon did not answer. Move closer and try again."),
  full: gettext("The beacon is busy. Try again in a moment."),
  no_session: gettext("The beacon found no open session here. Tell your teacher."),
  stopped: gettext("Bluetooth was stopped."),
});

// --- the beacon ----------------------------------------------------------------------------

/** @type {Record<string, string>}  How it ended, by the name of the browser's error. */
const BY_ERROR = {
  NotFoundError: "cancelled",
  SecurityError: "needs_tap",
  NotAllowedError: "not_allowed",
};

/** Lets the person choose among the beacons around. */
async function choose() {
  if (navigator.bluetooth.getAvailability && !(await navigator.bluetooth.getAvailability()))
    throw new Ended("unavailable");
  try {
    return await navigator.bluetooth.requestDevice({
      filters: [{ services: [SERVICE] }, { namePrefix: "ATT" }],
      optionalServices: [SERVICE],
    });
  } catch (error) {
    throw new Ended(BY_ERROR[nameOf(error)] ?? "unavailable");
  }
}

/**
 * @param {BluetoothDevice} device
 * @param {Uint8Array<ArrayBuffer>} nonce
 * @param {OnState} onState
 * @param {AbortSignal | null} signal
 */
async function askUntilAnswered(device, nonce, onState, signal) {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return await askOnce(device, nonce, onState, signal);
    } catch (error) {
      const again = error instanceof Ended ? error.again : true;
      if (!again || !left || signal?.aborted)
        throw error instanceof Ended ? error : new Ended("lost");
      onState(gettext("Trying again …"));
      await pause(FULL_MS, signal);
    }
  }
}

/**
 * @param {BluetoothDevice} device
 * @param {Uint8Array<ArrayBuffer>} nonce
 * @param {OnState} onState
 * @param {AbortSignal | null} signal
 */
async function askOnce(device, nonce, onState, signal) {
  const lost = happens(device, "gattserverdisconnected").then(() =>
    Promise.reject(new Ended("lost", true)),
  );
  lost.catch(() => null);
  /**
   * @template Result
   * @param {Promise<Result>} work
   * @param {number} ms
   * @returns {Promise<Result>}
   */
  const within = (work, ms) => Promise.race([work, lost, late(ms), stopped(signal)]);
  try {
    onState(gettext("Connecting to the beacon …"));
    const { challenge, answer } = await within(connect(device), CONNECT_MS);
    return await within(ask(challenge, answer, nonce, onState), ANSWER_MS);
  } finally {
    device.gatt?.disconnect();
  }
}

/** @param {BluetoothDevice} device */
async function connect(device) {
  if (!device.gatt) throw new Ended("lost");
  const server = await device.gatt.connect();
  const service = await server.getPrimaryService(SERVICE);
  const challenge = await service.getCharacteristic(CHALLENGE);
  return { challenge, answer: await service.getCharacteristic(ANSWER) };
}

/**
 * Writes the nonce. The reply comes as a notification, and is read as well in case none arrives.
 * @param {BluetoothRemoteGATTCharacteristic} challenge
 * @param {BluetoothRemoteGATTCharacteristic} answer
 * @param {Uint8Array<ArrayBuffer>} nonce
 * @param {OnState} onState
 * @returns {Promise<Uint8Array>}
 */
async function ask(challenge, answer, nonce, onState) {
  let looking = 0;
  try {
    /** @type {Promise<Uint8Array>} */
    const answered = new Promise((resolve, reject) => {
      answer.addEventListener("characteristicvaluechanged", () => {
        if (!answer.value) return;
        hear(new Uint8Array(answer.value.buffer), nonce, { resolve, reject, onState });
      });
    });
    answered.catch(() => null);
    await answer.startNotifications();
    await challenge.writeValueWithResponse(nonce);
    looking = setInterval(() => answer.readValue().catch(() => null), LOOK_MS);
    return await answered;
  } finally {
    clearInterval(looking);
  }
}

/**
 * @typedef {object} Hearing  What a reply of the beacon is told to.
 * @property {(reply: Uint8Array) => void} resolve
 * @property {(why: Ended) => void} reject
 * @property {OnState} onState
 */

/**
 * @param {Uint8Array} reply
 * @param {Uint8Array} nonce  Only a reply that names its first bytes is for this phone.
 * @param {Hearing} hearing
 */
function hear(reply, nonce, { resolve, reject, onState }) {
  const isMine = nonce.slice(0, TAG_BYTES).every((byte, n) => reply[1 + n] === byte);
  if (!isMine) return; // the radio of some beacons notifies every phone
  if (reply[0] === STATUS.answer && reply.length === REPLY_BYTES) resolve(reply);
  else if (reply[0] === STATUS.wait) onState(place(reply[1 + TAG_BYTES]));
  else if (reply[0] === STATUS.full) reject(new Ended("full", true));
  else if (reply[0] === STATUS.noSession) reject(new Ended("no_session"));
  else if (reply[0] === STATUS.notANonce) reject(new Ended("lost"));
}

/**
 * How many phones are before this one, in words.
 * @param {number} [count]  As the beacon counts: with the phone itself. A reply that was cut short has
 *   none.
 */
function place(count = 1) {
  const before = count - 1;
  if (before < 1) return gettext("You are next.");
  return fill(ngettext("%(n)s phone is ahead of you.", "%(n)s phones are ahead of you.", before), {
    n: before,
  });
}

// --- the server ----------------------------------------------------------------------------

/**
 * Sends the beacon's answers, with the same nonce each time, so that a repeat is harmless.
 * @param {string} attempt
 * @param {string[]} answers  In hexadecimal.
 * @param {AbortSignal | null} signal
 */
async function send(attempt, answers, signal) {
  const body = { attempt, answers, nonce: fresh(12), finish: true };
  for (let wait = 500; ; wait *= 2) {
    try {
      return await post("/bluetooth/check", { ...body, sent_at: new Date().toISOString() });
    } catch (error) {
      if (!(error instanceof Unreachable) || wait > 4_000) throw error;
      await pause(wait, signal);
    }
  }
}

// --- bytes and waiting ---------------------------------------------------------------------

/** @param {string} hex */
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
/** @param {Uint8Array} bytes */
const hexOf = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
/**
 * @param {EventTarget} target
 * @param {string} name
 */
const happens = (target, name) =>
  new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));

/**
 * @param {number} ms
 * @returns {Promise<never>}
 */
const late = (ms) =>
  new Promise((_, reject) => setTimeout(() => reject(new Ended("timed_out", true)), ms));

/**
 * @param {AbortSignal | null} signal
 * @returns {Promise<never>}
 */
function stopped(signal) {
  if (signal?.aborted) return Promise.reject(new Ended("stopped"));
  return new Promise((_, reject) =>
    signal?.addEventListener("abort", () => reject(new Ended("stopped")), { once: true }),
  );
}

/**
 * @param {number} ms
 * @param {AbortSignal | null} signal
 */
const pause = (ms, signal) =>
  Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), stopped(signal)]);
