// Does step 2: it shows that the phone is in the room. Where the room plays a sound, the phone listens from
// the first tap on; where it has a beacon, the tap lets the person choose it. What failed is offered again
// at the end, and each way begins with a tap there, since without one browsers open neither the list of
// devices nor an iPhone's microphone.

import * as radio from "../lib/bluetooth.js";
import { h } from "../lib/dom.js";
import { messageOf } from "../lib/for_people.js";
import * as sound from "../lib/sound.js";
import { pause } from "./attempt.js";
import { wasTapped } from "./tones.js";

/** @import { Attempt } from "./attempt.js" */
/** @import { Screen } from "./screen.js" */

/**
 * @typedef {object} Gathering  What a way is given.
 * @property {string} attempt  The id of the attempt.
 * @property {string} beaconNonce  The attempt's nonce for the beacon, 32 hexadecimal digits.
 * @property {(sentence: string) => void} onState  Called with a sentence that says how far it is.
 * @property {AbortSignal} signal  When it aborts, the way ends.
 *
 * @typedef {object} Module  What each way's module exports.
 * @property {() => boolean} isOffered  Whether this phone can try it.
 * @property {(gathering: Gathering) => Promise<Ending>} gather  Gathers the evidence and sends it.
 *
 * @typedef {object} Ending  What came of a way.
 * @property {boolean} accepted
 * @property {string} sentence  What came of it, in words.
 * @property {Api.Step | null} [step]  The server's answer, where there was one.
 * @property {string[]} [unsent]  The beacon's answers that no network took, in hexadecimal.
 *
 * @typedef {"beacon" | "sound"} Source
 * @typedef {object} Way
 * @property {Source} source
 * @property {string} words  What stands on its button.
 * @property {Module["gather"]} gather
 */

/** @type {{ source: Source, module: Module, words: () => string }[]} */
const WAYS = [
  { source: "beacon", module: radio, words: () => gettext("Connect to the room's beacon") },
  { source: "sound", module: sound, words: () => gettext("Listen to the room's sound") },
];
const AHEAD_MS = 120_000; // so long the sound is listened for while the student does the other steps
const WAITS_MS = 8000; // so long it is waited for when nothing else is left to do: it is heard twice

/** What shows that the phone is in the room. */
export class Room {
  #stopping = new AbortController();
  /** @type {Promise<sound.Heard | sound.Ending> | null} */
  #hearing = null;
  /** @type {Promise<BluetoothDevice> | null} */
  #chosen = null;
  /** @type {Promise<Ending> | null}  What comes of the way that was begun ahead. */
  #coming = null;
  /** @type {Ending | null}  What came of the last way. */
  #ending = null;

  /** @param {AbortSignal} signal  When it aborts, whatever goes on ends. */
  constructor(signal) {
    signal.addEventListener("abort", () => this.end(), { once: true });
  }

  /**
   * Begins what can be begun before the code is read.
   * @param {Api.RoomNow} room  What is on in the room.
   */
  begin(room) {
    if (room.sound && sound.isOffered()) {
      const { signal } = this.#stopping;
      this.#hearing = sound.listen({ signal, patienceMs: AHEAD_MS });
    } else if (room.beacon && radio.isOffered() && wasTapped()) {
      this.#chosen = radio.choose();
      this.#chosen.catch(() => null); // the way that gets it tells why
    }
  }

  /**
   * Sends what was heard, or asks the beacon that was chosen, while the student goes on.
   * @param {Screen} screen
   * @param {Attempt} attempt
   */
  goOn(screen, attempt) {
    [this.#ending, this.#coming] = [null, null];
    const coming = this.#way(attempt);
    if (!isAsked(attempt)) screen.mark(1, "skipped", gettext("not required"));
    else if (coming) {
      this.#coming = coming.catch((error) => ({ accepted: false, sentence: messageOf(error) }));
      this.#coming.then((ending) => this.#take(screen, attempt, ending));
    }
  }

  /**
   * @param {Attempt} attempt
   * @returns {Promise<Ending> | null}
   */
  #way({ id, step }) {
    const { signal } = this.#stopping;
    const attempt = String(id);
    if (this.#hearing) {
      return this.#hearing.then((heard) =>
        "what" in heard ? heard : sound.judged(attempt, heard),
      );
    }
    if (!this.#chosen) return null;
    const beaconNonce = String(step.beacon_nonce);
    return radio.gather({ attempt, beaconNonce, signal, chosen: this.#chosen });
  }

  /**
   * @param {Screen} screen
   * @param {Attempt} attempt
   * @param {Ending} ending
   */
  #take(screen, attempt, ending) {
    this.#ending = ending;
    if (isThere(ending)) screen.mark(1, "done", gettext("done"));
    if (ending.unsent?.length) attempt.answered(ending.unsent);
    attempt.heard(ending.step);
  }

  /**
   * Whether nothing that shows the room is still coming.
   * @param {Attempt} attempt
   */
  isSettled(attempt) {
    return !isAsked(attempt) || isThere(this.#ending) || !offered().length;
  }

  /** Ends what goes on: the microphone is off afterwards. */
  end() {
    this.#stopping.abort();
  }

  /**
   * Waits for what was begun. Where that failed, it offers the ways until one is accepted or the person goes
   * on without. At first it offers those that the server knows to be on in the room. Where it knows of none,
   * it offers all, the sound first, since a teacher can switch that on. After one was tried in vain it
   * offers all, that one first. Where the phone has no way, nothing is shown and the
   * teacher confirms. An answer of the beacon that no network took goes with what is sent next.
   * @param {Screen} screen
   * @param {Attempt} attempt
   * @param {AbortSignal} signal
   */
  async prove(screen, attempt, signal) {
    if (this.isSettled(attempt)) return;
    screen.progress(1);
    if (this.#coming && !this.#ending) await this.#waitFor(this.#coming, screen, signal);
    this.end();
    const all = offered();
    const on = all.filter(({ source }) => attempt.step.room?.[source]);
    let ways = on.length ? on : all.toReversed();
    let sentence = this.#ending?.sentence ?? firstSentence(attempt);
    while (!isThere(this.#ending)) {
      const way = await choose(screen, ways, sentence, attempt.step.needs?.bluetooth, signal);
      if (!way) return screen.mark(1, "skipped", gettext("not done"));
      const ending = await tryWay(screen, way, attempt, signal);
      this.#take(screen, attempt, ending);
      const others = all.filter(({ source }) => source !== way.source);
      [ways, sentence] = [[way, ...others], ending.sentence];
    }
  }

  /**
   * @param {Promise<Ending>} coming
   * @param {Screen} screen
   * @param {AbortSignal} signal
   */
  async #waitFor(coming, screen, signal) {
    const own = new AbortController();
    const stop = () => own.abort(new DOMException("stopped", "AbortError"));
    signal.addEventListener("abort", stop, { once: true, signal: own.signal });
    showLooking(screen, stop);
    screen.say(
      gettext("Looking for the room"),
      this.#hearing ? gettext("Listening for the room's sound. Hold the phone still.") : "",
    );
    const waited = pause(WAITS_MS, own.signal).catch(() => null);
    const ending = await Promise.race([coming, waited.then(() => null)]);
    own.abort();
    signal.throwIfAborted();
    this.#ending ??= ending ?? (this.#hearing ? sound.ended("nothing-heard") : null);
  }
}

/** @param {Attempt} attempt */
const isAsked = ({ step }) => step.needs?.bluetooth !== "off";

/**
 * Whether the server has what shows the room, or has it with what is sent next.
 * @param {Ending | null} ending
 */
const isThere = (ending) => Boolean(ending?.accepted || ending?.unsent?.length);

/** @param {Attempt} attempt */
const firstSentence = ({ step }) =>
  WAYS.some(({ source }) => step.room?.[source])
    ? gettext("A code shared with somebody outside the room does not count.")
    : gettext("No beacon and no sound were found here. Ask your teacher to turn on the sound.");

/**
 * The ways that this phone can try.
 * @returns {Way[]}
 */
const offered = () =>
  WAYS.filter(({ module }) => module.isOffered()).map(({ source, module, words }) => ({
    source,
    words: words(),
    gather: module.gather,
  }));

/**
 * @param {Screen} screen
 * @param {Way[]} ways
 * @param {string} sentence
 * @param {Api.Needs["bluetooth"] | undefined} need
 * @param {AbortSignal} signal
 * @returns {Promise<Way | null>}  Null where the person goes on without.
 */
function choose(screen, ways, sentence, need, signal) {
  screen.showSign("room", need === "required" ? "low" : "low told");
  screen.say(gettext("Show that you are in the room"), sentence);
  const without =
    need === "required" ? gettext("Continue without it") : gettext("Skip: my teacher will confirm");
  /** @type {[string, Way | null, string][]} */
  const choices = ways.map((way, n) => [way.words, way, n ? "quiet large" : "large"]);
  return screen.ask(signal, ...choices, [without, null, "quiet large"]);
}

/**
 * @param {Screen} screen
 * @param {Way} way
 * @param {Attempt} attempt
 * @param {AbortSignal} signal
 * @returns {Promise<Ending>}
 */
async function tryWay(screen, way, attempt, signal) {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  signal.addEventListener("abort", stop);
  const onState = (/** @type {string} */ words) =>
    screen.say(gettext("Looking for the room"), words);
  showLooking(screen, stop);
  try {
    return await way.gather({
      attempt: String(attempt.id),
      beaconNonce: String(attempt.step.beacon_nonce),
      onState,
      signal: stopping.signal,
    });
  } catch (error) {
    return { accepted: false, sentence: messageOf(error) };
  } finally {
    signal.removeEventListener("abort", stop);
    signal.throwIfAborted();
  }
}

/**
 * @param {Screen} screen
 * @param {() => void} stop
 */
function showLooking(screen, stop) {
  screen.showSign("room", "low looking");
  screen.offer(
    h("button", { type: "button", class: "quiet large", onclick: stop }, gettext("Stop")),
  );
}
