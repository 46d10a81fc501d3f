// Speaks the prompts where the person has asked for it, and remembers the choice on this phone.

import { forget, keepSealed, opened } from "../lib/store.js";

const CHOICE = "spoken-prompts";

/** Whether this phone can speak. */
export const canSpeak = () =>
  "speechSynthesis" in globalThis && "SpeechSynthesisUtterance" in globalThis;

let on = false;

/** Whether the prompts are to be spoken. */
export const isSpoken = () => on;

/** Reads the choice that was made on this phone. */
export async function recallChoice() {
  on = canSpeak() && Boolean(await opened(CHOICE));
  return on;
}

/**
 * Chooses whether the prompts are spoken, and remembers it.
 * @param {boolean} spoken
 */
export async function choose(spoken) {
  on = spoken;
  if (!spoken) speechSynthesis.cancel();
  await (spoken ? keepSealed(CHOICE, true) : forget(CHOICE));
}

/**
 * Says the words at once, in place of what is being said.
 * @param {string} words
 */
export function speak(words) {
  if (!on) return;
  const said = new SpeechSynthesisUtterance(words);
  said.lang = document.documentElement.lang;
  speechSynthesis.cancel();
  speechSynthesis.speak(said);
}

/** Tells shut eyes that a prompt is over: the phone buzzes, and where nothing buzzes it beeps. */
export function buzz() {
  if (navigator.vibrate?.(200)) return;
  beep();
}

/** @type {AudioContext | null} */
let audio = null;

function beep() {
  try {
    audio ??= new AudioContext();
    const tone = audio.createOscillator();
    const quiet = audio.createGain();
    quiet.gain.value = 0.1;
    tone.frequency.value = 880;
    tone.connect(quiet).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.15);
  } catch {
    // A phone that makes no sound: the words on the screen have changed as well.
  }
}
