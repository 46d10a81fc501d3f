"""How much time of the processor one request may take for its pictures."""

from __future__ import annotations

from time import thread_time

from verification.engines.base import TooCostlyImage

MAX_CPU_S = 20.0
"""Seconds of the processor that the pictures of one request may take in all. Measuring a
burst takes about half a second (services/face_calls.py), so that a slow machine has room."""


class CpuLimit:
    """Counts the calling thread's own time, so that a busy machine makes no request too costly."""

    def __init__(self, most_s: float = MAX_CPU_S) -> None:
        self._until_s = thread_time() + most_s

    def require(self) -> None:
        """Raise TooCostlyImage where the time is used up. It is asked between two steps, none of
        which takes longer than half a second."""
        if thread_time() > self._until_s:
            raise TooCostlyImage("the pictures take too long to measure")
