"""The two cameras that an app supplies: one sees the code on the wall, one the person's face."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from phone.challenge import Challenge

Burst = Sequence[tuple[float, bytes]]
"""JPEG frames with their seconds since the start of the burst, not mirrored."""
STEP_S = 0.1


class BackCamera(Protocol):
    """The camera at the back, which sees the code."""

    def look(self, codes: int) -> list[str]:
        """Read `codes` codes one after the other. Each is a whole URL."""
        ...


class FrontCamera(Protocol):
    """The camera at the front, which sees the person."""

    def film(self, challenge: Challenge) -> Burst:
        """Take a picture at each of ``challenge.pictures_s`` while the prompts run."""
        ...


class TooFewPictures(Exception):
    """The folder has fewer pictures than the challenge asks for."""


class FolderCamera:
    """Takes its pictures from a folder, in the order of their names, in place of a camera.

    Where there are as many pictures as asked for, they count as taken at the moments asked for.
    Where there are more, they count as taken evenly. It waits until the challenge's time is over,
    and tells the prompts as an app would show them.
    """

    def __init__(self, path: Path, tell: Callable[[str], object] = print) -> None:
        self.frames = [file.read_bytes() for file in sorted(path.glob("*.jp*g"))]
        if not self.frames:
            raise FileNotFoundError(f"There are no JPEG files in {path}.")
        self._tell = tell

    def film(self, challenge: Challenge) -> Burst:
        """See FrontCamera. Raises TooFewPictures."""
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
