"""What an app brings to see with: the code on the wall, and the person in front."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from phone.challenge import Challenge

Burst = Sequence[tuple[float, bytes]]
"""JPEG frames with the seconds since the recording began, not mirrored."""
STEP_S = 0.1


class Wall(Protocol):
    """The camera at the back."""

    def look(self, codes: int) -> list[str]:
        """So many codes one after the other, as read: whole URLs."""
        ...


class Mirror(Protocol):
    """The camera at the front."""

    def film(self, challenge: Challenge) -> Burst:
        """A picture at each of ``challenge.pictures_s`` while the prompts run."""
        ...


class TooFewPictures(Exception):
    """The folder has fewer than the challenge asks for."""


class Folder:
    """Pictures from a folder in place of a camera, in the order of their names.

    As many as are asked for were taken when they are asked for, more of them evenly. The
    challenge's time is waited out, and the prompts are told as an app would show them.
    """

    def __init__(self, path: Path, tell: Callable[[str], object] = print) -> None:
        self.frames = [file.read_bytes() for file in sorted(path.glob("*.jp*g"))]
        if not self.frames:
            raise FileNotFoundError(f"There are no JPEG files in {path}.")
        self._tell = tell

    def film(self, challenge: Challenge) -> Burst:
        """See Mirror. Raises TooFewPictures."""
        times_s = self._times_s(challenge)
        self._tell_prompts(challenge)
        return list(zip(times_s, self.frames, strict=True))

    def _times_s(self, challenge: Challenge) -> Sequence[float]:
        count, asked_s = len(self.frames), challenge.pictures_s
        if count < len(asked_s):
            raise TooFewPictures(f"{len(asked_s)} pictures are asked for. Bring as many or more.")
        if count == len(asked_s):
            return asked_s
        return [round(n * challenge.duration_s / (count - 1), 3) for n in range(count)]

    def _tell_prompts(self, challenge: Challenge) -> None:
        began, told = time.monotonic(), None
        while (at_s := time.monotonic() - began) < challenge.duration_s:
            words = challenge.told_at(at_s)
            if words != told:
                self._tell(words or "Look straight ahead.")
                told = words
            time.sleep(STEP_S)
