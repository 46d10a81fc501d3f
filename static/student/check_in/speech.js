// Prompts that are spoken, where the person asked for it; the choice is remembered on this phone.

import { forget, keepSealed, opened } from "../lib/store.js";

const CHOICE = "spoken-prompts";

/** Whether this phone can speak. */
export const canSpeak = () =>
  "speechSynthesis" in globalThis && "SpeechSynthesisUtterance" in globalThis;

let on = false;

export const isSpoken = () => on;

export async function recallChoice() {
  on = canSpeak() && Boolean(await opened(CHOICE));
  return on;
}

export async function choose(spoken) {
  on = spoken;
  if (!spoken) speechSynthesis.cancel();
  await (spoken ? keepSealed(CHOICE, true) : forget(CHOICE));
}

/** Says the words at once, in place of what is being said. */
export function speak(words) {
  if (!on) return;
  const said = new SpeechSynthesisUtterance(words);
  said.lang = document.documentElement.lang;
  speechSynthesis.cancel();
  speechSynthesis.speak(said);
}

/** That a prompt is over, so that shut eyes know: it buzzes, and where nothing buzzes it beeps. */
export function buzz() {
  if (navigator.vibrate?.(200)) return;
  beep();
}

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
