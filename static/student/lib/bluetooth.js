// The room's beacon, asked over Bluetooth: docs/bluetooth.md, "What a phone can ask".
//
// A page cannot listen for advertisements, but it can connect. The browser lets it ask for a device
// only in a tap, so `gather` is called from one.

import { post, Refused, Unreachable } from "./api.js";
import { fill } from "./dom.js";
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
const FULL_MS = 2_000; // as the beacon asks
const TRIES = 3;

/** What a try came to, where it did not come to an answer; `word` is stable. */
class Ended extends Error {
  constructor(word, again = false) {
    super(word);
    Object.assign(this, { word, again });
  }
}

/** Whether this browser can ask a beacon at all. */
export const isOffered = () => Boolean(navigator.bluetooth?.requestDevice);

/** The browser shows its own list of devices, and only in a tap. */
export const NEEDS_TAP = true;

/**
 * Asks the beacon and sends its answer.
 * @param {string} beaconNonce  Of this check-in, 32 hexadecimal digits.
 * @param {(sentence: string) => void} onState
 * @returns {Promise<{accepted: boolean, what: string, sentence: string, step: object|null}>}
 *   `what`: accepted, not_accepted, cancelled, needs_tap, not_allowed, unavailable, lost,
 *   timed_out, full, no_session, stopped, unreachable, or the server's code.
 */
export async function gather({ attempt, beaconNonce, onState = () => {}, signal = null }) {
  try {
    onState(gettext("Choose the beacon of this room in the list."));
    const device = await choose();
    const answer = await askUntilAnswered(device, bytesOf(beaconNonce), onState, signal);
    onState(gettext("The beacon answered. One moment …"));
    const step = await send(attempt, answer, signal);
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
    return outcome(error, signal);
  }
}

const outcome = (error, signal) => {
  const what = signal?.aborted ? "stopped" : wordOf(error);
  return { accepted: false, what, sentence: SENTENCES()[what] ?? error.message, step: null };
};

function wordOf(error) {
  if (error instanceof Ended) return error.word;
  if (error instanceof Unreachable) return "unreachable";
  return error instanceof Refused ? error.code : "lost";
}

const SENTENCES = () => ({
  cancelled: gettext("No beacon was chosen. Try again, or go on without Bluetooth."),
  needs_tap: gettext("Tap the button, so that the browser may ask for the beacon."),
  not_allowed: gettext(
    "This browser may not use Bluetooth here. Allow it in the settings, or go on without.",
  ),
  unavailable: gettext("Bluetooth is off. Switch it on and try again, or go on without."),
  lost: gettext("The connection to the beacon was lost. Go a little nearer and try again."),
  timed_out: gettext("The beacon did not answer. Go a little nearer and try again."),
  full: gettext("Many phones are asking the beacon. Try again in a moment."),
  no_session: gettext("The beacon knows of no open session here. Tell your teacher."),
  stopped: gettext("Bluetooth was stopped."),
});

// --- the beacon ----------------------------------------------------------------------------

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
    throw new Ended(BY_ERROR[error.name] ?? "unavailable");
  }
}

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

async function askOnce(device, nonce, onState, signal) {
  const lost = happens(device, "gattserverdisconnected").then(() =>
    Promise.reject(new Ended("lost", true)),
  );
  lost.catch(() => null);
  const within = (work, ms) => Promise.race([work, lost, late(ms), stopped(signal)]);
  try {
    onState(gettext("Connecting to the beacon …"));
    const [challenge, answer] = await within(connect(device), CONNECT_MS);
    return await within(ask(challenge, answer, nonce, onState), ANSWER_MS);
  } finally {
    device.gatt.disconnect();
  }
}

async function connect(device) {
  const server = await device.gatt.connect();
  const service = await server.getPrimaryService(SERVICE);
  return [await service.getCharacteristic(CHALLENGE), await service.getCharacteristic(ANSWER)];
}

/** Writes the nonce; what comes back is told by notification, and read in case none arrives. */
async function ask(challenge, answer, nonce, onState) {
  let looking = null;
  try {
    const answered = new Promise((resolve, reject) => {
      answer.addEventListener("characteristicvaluechanged", () => {
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

function hear(reply, nonce, { resolve, reject, onState }) {
  const isMine = nonce.slice(0, TAG_BYTES).every((byte, n) => reply[1 + n] === byte);
  if (!isMine) return; // some radios notify every phone
  if (reply[0] === STATUS.answer && reply.length === REPLY_BYTES) resolve(reply);
  else if (reply[0] === STATUS.wait) onState(place(reply[1 + TAG_BYTES]));
  else if (reply[0] === STATUS.full) reject(new Ended("full", true));
  else if (reply[0] === STATUS.noSession) reject(new Ended("no_session"));
  else if (reply[0] === STATUS.notANonce) reject(new Ended("lost"));
}

/** The beacon counts the phone itself. */
function place(count) {
  const before = count - 1;
  if (before < 1) return gettext("You are next.");
  return fill(ngettext("%(n)s phone is before you.", "%(n)s phones are before you.", before), {
    n: before,
  });
}

// --- the server ----------------------------------------------------------------------------

/** The same nonce each time, so that a repeat is harmless. */
async function send(attempt, answer, signal) {
  const body = { attempt, answers: [hexOf(answer)], nonce: fresh(12) };
  for (let wait = 500; ; wait *= 2) {
    try {
      return await post("/bluetooth/check", { ...body, sent_at: new Date().toISOString() });
    } catch (error) {
      if (!(error instanceof Unreachable) || wait > 4_000) throw error;
      await pause(wait, signal);
    }
  }
}

// --- small things --------------------------------------------------------------------------

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hexOf = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const happens = (target, name) =>
  new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));

const late = (ms) =>
  new Promise((_, reject) => setTimeout(() => reject(new Ended("timed_out", true)), ms));

function stopped(signal) {
  if (signal?.aborted) return Promise.reject(new Ended("stopped"));
  return new Promise((_, reject) =>
    signal?.addEventListener("abort", () => reject(new Ended("stopped")), { once: true }),
  );
}

const pause = (ms, signal) =>
  Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), stopped(signal)]);
