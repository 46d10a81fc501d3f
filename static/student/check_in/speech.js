// Speaks the prompts unless the person has chosen otherwise, and remembers the choice on this phone.

import { keepSealed, opened } from "../lib/store.js";
import { isMute, tone } from "./tones.js";

const CHOICE = "spoken-prompts";

/** Whether this phone can speak. */
export const canSpeak = () =>
  "speechSynthesis" in globalThis && "SpeechSynthesisUtterance" in globalThis;

let on = false;

/** Whether the prompts are to be spoken. */
export const isSpoken = () => on;

/** Reads the choice that was made on this phone. */
export async function recallChoice() {
  on = canSpeak() && (await opened(CHOICE)) !== false;
  return on;
}

/**
 * Chooses whether the prompts are spoken, and remembers it.
 * @param {boolean} spoken
 */
export async function choose(spoken) {
  on = spoken;
  if (!spoken) speechSynthesis.cancel();
  await keepSealed(CHOICE, spoken);
}

/**
 * Says the words at once, in place of what is being said.
 * @param {string} words
 */
export function speak(words) {
  if (!on || isMute()) return;
  const said = new SpeechSynthesisUtterance(words);
  said.lang = document.documentElement.lang;
  speechSynthesis.cancel();
  speechSynthesis.speak(said);
}

/** Tells shut eyes too, by a tone and a buzz, that a move was seen or its time is over. */
export function tellOver() {
  tone();
  if (!isMute()) navigator.vibrate?.(200);
}

/** What is said below the prompt to close the eyes. */
export const untilOpen = () => gettext("Open them when the phone beeps or buzzes.");
