// Does step 2: it shows that the phone is in the room, by a way that the phone has and the person
// chooses.
//
// Each way begins with a tap, since without one browsers open neither the list of devices nor an iPhone's
// microphone.

import { h } from "../lib/dom.js";
import { messageOf } from "../lib/for_people.js";

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
 * @typedef {Module & { source: Source, words: string }} Way  The words stand on its button.
 */

/** @type {{ source: Source, load: () => Promise<Module>, words: () => string }[]} */
const WAYS = [
  {
    source: "beacon",
    load: () => import("../lib/bluetooth.js"),
    words: () => gettext("Connect to the room's beacon"),
  },
  {
    source: "sound",
    load: () => import("../lib/sound.js"),
    words: () => gettext("Listen to the room's sound"),
  },
];

/**
 * Offers the ways until one is accepted or the person goes on without. At first it offers those that the
 * server knows to be on in the room; all of them where the server knows of none, or one was tried in
 * vain. Where the phone has no way, nothing is shown and the teacher confirms. An answer of the beacon that
 * no network took goes with what is sent next.
 * @param {Screen} screen
 * @param {Attempt} attempt
 * @param {AbortSignal} signal
 */
export async function proveRoom(screen, attempt, signal) {
  if (attempt.step.needs?.bluetooth === "off") return;
  const all = await offered();
  if (!all.length) return;
  screen.progress(1);
  const on = all.filter(({ source }) => attempt.step.room?.[source]);
  let ways = on.length ? on : all;
  const isAnyOn = WAYS.some(({ source }) => attempt.step.room?.[source]);
  let sentence = isAnyOn
    ? gettext("A code shared with somebody outside the room does not count.")
    : gettext("No beacon and no sound were found here. Ask your teacher to turn on the sound.");
  for (;;) {
    const way = await choose(screen, ways, sentence, attempt.step.needs?.bluetooth, signal);
    if (!way) return;
    const ending = await tryWay(screen, way, attempt, signal);
    if (ending.accepted) return attempt.heard(ending.step);
    if (ending.unsent?.length) return attempt.answered(ending.unsent);
    [ways, sentence] = [all, ending.sentence];
  }
}

/** The ways that this phone can try. */
async function offered() {
  const loaded = WAYS.map(async ({ source, load, words }) => {
    const { isOffered, gather } = await load();
    return { source, words: words(), isOffered, gather };
  });
  return (await Promise.all(loaded)).filter((way) => way.isOffered());
}

/**
 * @param {Screen} screen
 * @param {Way[]} ways
 * @param {string} sentence
 * @param {Api.Needs["bluetooth"] | undefined} need
 * @param {AbortSignal} signal
 * @returns {Promise<Way | null>}  Null where the person goes on without.
 */
function choose(screen, ways, sentence, need, signal) {
  screen.show("blank low", h("p", { class: "sign", "aria-hidden": "true" }, ")))"));
  screen.say(gettext("Show that you are in the room"), sentence);
  const without =
    need === "required" ? gettext("Continue without it") : gettext("Skip: my teacher will confirm");
  /** @type {[string, Way | null][]} */
  const choices = ways.map((way) => [way.words, way]);
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
  screen.show("blank low", h("p", { class: "sign waves", "aria-hidden": "true" }, ")))"));
  screen.offer(
    h("button", { type: "button", class: "quiet large", onclick: stop }, gettext("Stop")),
  );
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
