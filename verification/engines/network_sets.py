"""Sets of networks, which threads borrow from a pool, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, LifoQueue

from verification.engines.base import EngineBusy
from verification.engines.embedders import Embedder
from verification.engines.networks import Networks
from verification.engines.passive import PassiveDetector

NETWORK_SETS = 2
"""How many bursts are measured at once in a process at most. Each needs a set of networks, of about
100 MB (docs/faces.md)."""

MAX_WAIT_S = 60.0
"""Seconds that a request waits for a set at most. Then the phone is asked to send again."""


@dataclass(frozen=True)
class NetworkSet:
    """What one thread works with."""

    networks: Networks
    embedder: Embedder
    passive: PassiveDetector | None


class NetworkPool:
    """Lends sets to threads, one to each. There are at most `size` sets, made when first needed."""

    def __init__(self, make: Callable[[], NetworkSet], size: int) -> None:
        self._make = make
        self._sets: LifoQueue[NetworkSet | None] = LifoQueue()
        for _ in range(size - 1):
            self._sets.put(None)
        self._sets.put(make())

    @contextmanager
    def lend(self, *, wait_s: float | None = None) -> Iterator[NetworkSet]:
        """A set for the calling thread alone. Waits while all are lent, and raises EngineBusy where
        none comes back in so many seconds, MAX_WAIT_S unless said."""
        try:
            lent = self._sets.get(timeout=MAX_WAIT_S if wait_s is None else wait_s)
        except Empty as error:
            raise EngineBusy from error
        try:
            lent = lent or self._make()
            yield lent
        finally:
            self._sets.put(lent)
