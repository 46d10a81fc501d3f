"""Pictures in the memory of this process. Nothing here writes to a database or a disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

MOST_PICTURES = 200
"""How many pictures are held at once. One more takes the place of the oldest."""


@dataclass(frozen=True)
class HeldPicture:
    """A JPEG of one enrolment. ``consent_id`` is the answer by which its student agreed."""

    template_id: UUID
    student_id: UUID
    consent_id: UUID
    jpeg: bytes
    until: datetime


class PictureMemory:
    """Holds one picture of a student at most. Threads may use it at once.

    A timer deletes what is over, whether or not anybody asks for it.
    """

    def __init__(self, most: int = MOST_PICTURES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._held: dict[UUID, tuple[HeldPicture, float]] = {}
        self._sweeper: threading.Timer | None = None

    def hold(self, picture: HeldPicture, *, seconds: float) -> None:
        """Hold a picture for so long, in place of an earlier one of the same student."""
        with self._lock:
            self._held.pop(picture.student_id, None)
            while len(self._held) >= self._most:
                del self._held[next(iter(self._held))]
            self._held[picture.student_id] = (picture, time.monotonic() + seconds)
            self._sweep_later()

    def take(self, template_id: UUID) -> HeldPicture | None:
        """The picture of that enrolment, for the first who asks. It is no longer held then."""
        with self._lock:
            for student_id, (picture, _) in self._held.items():
                if picture.template_id == template_id:
                    del self._held[student_id]
                    return picture
        return None

    def held(self, template_ids: Iterable[UUID], *, now: datetime) -> set[UUID]:
        """Those of the enrolments of which a picture is held still."""
        asked = set(template_ids)
        with self._lock:
            pictures = [picture for picture, _ in self._held.values()]
        return {p.template_id for p in pictures if p.until > now and p.template_id in asked}

    def drop(self, student_id: UUID) -> None:
        with self._lock:
            self._held.pop(student_id, None)

    def _sweep_later(self) -> None:
        """Set the timer to the first end. The caller holds the lock."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        if self._held:
            first = min(end for _, end in self._held.values())
            self._sweeper = threading.Timer(max(first - time.monotonic(), 0), self._sweep)
            self._sweeper.daemon = True
            self._sweeper.start()

    def _sweep(self) -> None:
        with self._lock:
            now = time.monotonic()
            for student_id, (_, end) in list(self._held.items()):
                if end <= now:
                    del self._held[student_id]
            self._sweep_later()


MEMORY = PictureMemory()
"""The memory of this process. Each server process has one, and none sees another's."""
