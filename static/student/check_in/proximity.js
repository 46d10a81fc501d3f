// Step 2: that the phone is in the room, in turn by each way that it has.
//
// A way is a module with `isOffered()`, whether this phone can try it, and `gather({attempt,
// beaconNonce, session, onState, signal})`, which sends what it found by itself. `gather` answers
// with {accepted}; `onState(sentence)` says how far it is.

import { h } from "../lib/dom.js";

const WAYS = [];

/**
 * Tries the ways one after the other, until one is accepted or the person skips the step.
 * Without a way nothing is shown: the teacher confirms.
 */
export async function proveRoom(screen, attempt, signal) {
  const { needs } = attempt.step;
  if (needs.bluetooth === "off") return;
  const ways = (await Promise.all(WAYS.map((load) => load()))).filter((way) => way.isOffered());
  if (!ways.length) return;
  const skipping = new AbortController();
  const skipped = new Promise((resolve) => skipping.signal.addEventListener("abort", resolve));
  const own = AbortSignal.any ? AbortSignal.any([signal, skipping.signal]) : skipping.signal;
  showStep(screen, needs, skipping);
  await Promise.race([tryAll(screen, ways, attempt, own), skipped]);
  skipping.abort();
  signal.throwIfAborted();
}

function showStep(screen, needs, skipping) {
  screen.progress(1);
  screen.show("blank", h("p", { class: "sign waves", "aria-hidden": "true" }, ")))"));
  screen.say(gettext("Looking for the room"));
  const words = needs.bluetooth === "required" ? gettext("Go on without it") : gettext("Skip: my teacher confirms");
  screen.offer(h("button", { type: "button", class: "quiet large", onclick: () => skipping.abort() }, words));
}

async function tryAll(screen, ways, attempt, signal) {
  for (const way of ways) {
    const onState = (sentence) => screen.say(gettext("Looking for the room"), sentence);
    try {
      const { session, id, step } = attempt;
      const found = await way.gather({ attempt: id, beaconNonce: step.beacon_nonce, session, onState, signal });
      if (found?.accepted) return;
    } catch (error) {
      if (signal.aborted) return;
      onState(error.message);
    }
  }
}
