"""The server's time, on a machine whose own clock may be wrong."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from beacon.protocol import SLOT_S, slot_at

REMEMBERED = 8
"""How many measurements are kept: about one minute of them. A machine that drifts by 100 ppm, which
is a bad crystal, is then off by 6 ms."""
FAR_OFF_S = 60.0
"""Seconds of error from which people are told, since certificates depend on the machine's clock."""
_SLACK_S = 0.5


class ClockUnknown(Exception):
    """No answer of the server has been timed yet."""


@dataclass(frozen=True)
class _Measurement:
    offset_s: float
    round_trip_s: float


class ServerClock:
    """Knows what the server's clock shows, from when each question was sent and answered.

    The server read its clock between the two, so half of the round trip bounds the error, and the
    quickest answer counts (as in NTP's clock filter, RFC 5905 section 10).
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic, self._wall = monotonic, wall
        self._measured: deque[_Measurement] = deque(maxlen=REMEMBERED)

    def measure(self, *, sent_s: float, received_s: float, server_unix_s: float) -> None:
        """Note an answer. ``sent_s`` and ``received_s`` are readings of the monotonic clock."""
        middle = (sent_s + received_s) / 2
        fresh = _Measurement(server_unix_s - middle, received_s - sent_s)
        if self._measured and self._contradicts(fresh):
            # The machine slept, or the server's clock was set, so earlier measurements are void.
            self._measured.clear()
        self._measured.append(fresh)

    def now(self) -> float:
        """Seconds since 1970. Raises ClockUnknown."""
        return self._monotonic() + self._best.offset_s

    def slot(self) -> int:
        return slot_at(self.now())

    def until_next_slot_s(self) -> float:
        return SLOT_S - self.now() % SLOT_S

    @property
    def own_error_s(self) -> float:
        """Seconds by which the machine's clock is ahead of the server's. Raises ClockUnknown."""
        return self._wall() - self.now()

    @property
    def _best(self) -> _Measurement:
        if not self._measured:
            raise ClockUnknown
        return min(self._measured, key=lambda m: m.round_trip_s)

    def _contradicts(self, fresh: _Measurement) -> bool:
        bound_s = (fresh.round_trip_s + self._best.round_trip_s) / 2 + _SLACK_S
        return abs(fresh.offset_s - self._best.offset_s) > bound_s
