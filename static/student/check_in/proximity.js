// Step 2: that the phone is in the room, by whichever way it has and the person chooses.
//
// A way is a module with `isOffered()`, whether this phone can try it, and `gather({attempt,
// beaconNonce, session, onState, signal})`, which sends what it found by itself. `gather` answers
// with {accepted, sentence}; `onState(sentence)` says how far it is. Each begins with a tap: browsers
// open neither the list of devices nor an iPhone's microphone without one.

import { h } from "../lib/dom.js";

const WAYS = [
  {
    source: "beacon",
    load: () => import("../lib/bluetooth.js"),
    words: () => gettext("Ask the room's beacon by Bluetooth"),
  },
  {
    source: "sound",
    load: () => import("../lib/sound.js"),
    words: () => gettext("Listen to the room's sound"),
  },
];

/**
 * Offers the ways until one is accepted or the person goes on without: at first those that the
 * server knows to be on in the room, and all of them where it knows of none or one was in vain.
 * Where the phone has none nothing is shown: the teacher confirms.
 */
export async function proveRoom(screen, attempt, signal) {
  if (attempt.step.needs.bluetooth === "off") return;
  const all = await offered();
  if (!all.length) return;
  screen.progress(1);
  const on = all.filter(({ source }) => attempt.step.room?.[source]);
  let ways = on.length ? on : all;
  const isAnyOn = WAYS.some(({ source }) => attempt.step.room?.[source]);
  let sentence = isAnyOn
    ? gettext("So that a code sent to somebody elsewhere does not count.")
    : gettext(
        "Neither a beacon nor the sound seems to be on here. Your teacher can switch on the sound.",
      );
  for (;;) {
    const way = await choose(screen, ways, sentence, attempt.step.needs, signal);
    if (!way) return;
    const found = await tryWay(screen, way, attempt, signal);
    if (found.accepted) return;
    [ways, sentence] = [all, found.sentence];
  }
}

async function offered() {
  const loaded = WAYS.map(async ({ source, load, words }) => ({
    source,
    words: words(),
    ...(await load()),
  }));
  return (await Promise.all(loaded)).filter((way) => way.isOffered());
}

function choose(screen, ways, sentence, needs, signal) {
  screen.show("blank low", h("p", { class: "sign", "aria-hidden": "true" }, ")))"));
  screen.say(gettext("Show that you are in the room"), sentence);
  const without =
    needs.bluetooth === "required"
      ? gettext("Go on without it")
      : gettext("Skip: my teacher confirms");
  return screen.ask(signal, ...ways.map((way) => [way.words, way]), [without, null, "quiet large"]);
}

async function tryWay(screen, way, attempt, signal) {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  signal.addEventListener("abort", stop);
  const onState = (words) => screen.say(gettext("Looking for the room"), words);
  screen.show("blank low", h("p", { class: "sign waves", "aria-hidden": "true" }, ")))"));
  screen.offer(
    h("button", { type: "button", class: "quiet large", onclick: stop }, gettext("Stop")),
  );
  try {
    const { session, id, step } = attempt;
    return await way.gather({
      attempt: id,
      beaconNonce: step.beacon_nonce,
      session,
      onState,
      signal: stopping.signal,
    });
  } catch (error) {
    return { accepted: false, sentence: error.message };
  } finally {
    signal.removeEventListener("abort", stop);
    signal.throwIfAborted();
  }
}
