"""Sound for a browser's microphone, made by the same worker that plays it in the room."""

import struct
import wave
from array import array
from pathlib import Path

from playwright.sync_api import Page

RATE_HZ = 48_000
SILENCE_S = 0.7
_ENCODED = """async ([bytes, rate]) => {
  const worker = new Worker("/sound/worker.js");
  const data = await new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ encode: new Uint8Array(bytes), rate });
  });
  worker.terminate();
  return Array.from(data.samples, (sample) => Math.round(sample * 32767) | 0);
}"""


def samples_of(page: Page, payload: bytes) -> list[int]:
    """The payload's sound as 16-bit samples, made by a page of the site."""
    samples: list[int] = page.evaluate(_ENCODED, [list(payload), RATE_HZ])
    return samples


def write_wav(path: Path, samples: list[int], rate_hz: int = RATE_HZ) -> None:
    """One channel of sound between silences, which the browser's fake microphone repeats."""
    silence = array("h", bytes(2 * int(SILENCE_S * rate_hz)))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(
            silence.tobytes() + struct.pack(f"<{len(samples)}h", *samples) + silence.tobytes()
        )
