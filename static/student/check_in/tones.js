// Sounds a short tone where a move was seen. An iPhone lets a page sound and speak only after a tap in which
// both were opened.

const HZ = 880;
const LASTS_S = 0.15;
const LOUDNESS = 0.1; // from 0 to 1

const TAP_MS = 4000; // browsers let a page act upon a tap for five seconds

/** @type {AudioContext | null} */
let audio = null;
let isVoiceOpen = false;
let tappedAt = Number.NEGATIVE_INFINITY;

/** Notes that the person has tapped to check in, and opens sound and voice. It is called in that tap. */
export function tapped() {
  tappedAt = performance.now();
  openSounds();
}

/** Opens sound and voice. It is called in a tap. */
export function openSounds() {
  openAudio();
  openVoice();
}

/** Whether the person has tapped to check in just now, so that the browser lets the page ask something. */
export const wasTapped = () => performance.now() - tappedAt < TAP_MS;

function openAudio() {
  try {
    audio ??= new AudioContext();
    audio.resume().catch(() => null);
  } catch {
    // A phone that makes no sound: the words and the pictures say the same.
  }
}

/** Says nothing, since the first words have to be said in a tap. */
function openVoice() {
  if (isVoiceOpen || !("speechSynthesis" in globalThis)) return;
  isVoiceOpen = true;
  const nothing = new SpeechSynthesisUtterance(" ");
  nothing.volume = 0;
  speechSynthesis.speak(nothing);
}

/** Whether nothing was tapped on this page yet, so that the browser lets it make no sound. */
export const isMute = () => navigator.userActivation?.hasBeenActive === false;

/** Sounds a tone, where the browser lets the page do so. */
export function tone() {
  if (isMute()) return;
  openAudio();
  if (!audio) return;
  const source = audio.createOscillator();
  const quiet = audio.createGain();
  quiet.gain.value = LOUDNESS;
  source.frequency.value = HZ;
  source.connect(quiet).connect(audio.destination);
  source.start();
  source.stop(audio.currentTime + LASTS_S);
}
