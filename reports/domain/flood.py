"""A limit on how many rows per minute the error log takes."""

from collections import Counter
from collections.abc import Hashable


class FloodGate:
    """Lets ``per_kind`` events of one kind through per minute, and ``in_all`` of all kinds.

    The gate counts in the memory of one process. So the limit holds for each process and needs no
    query, and a restart loses nothing that is worth keeping. Two threads at the same moment may
    let one event too many through.
    """

    def __init__(self, *, per_kind: int, in_all: int) -> None:
        self.per_kind, self.in_all = per_kind, in_all
        self._minute = -1
        self._seen: Counter[Hashable] = Counter()
        self._passed = 0

    def lets_through(self, kind: Hashable, *, at_s: float) -> bool:
        """Whether this event passes. It is counted only if it does.

        ``at_s`` is in seconds, on any clock that never goes back by minutes.
        """
        minute = int(at_s // 60)
        if minute != self._minute:
            self._minute, self._seen, self._passed = minute, Counter(), 0
        if self._passed >= self.in_all or self._seen[kind] >= self.per_kind:
            return False
        self._seen[kind] += 1
        self._passed += 1
        return True
