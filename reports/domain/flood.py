"""A bound on how many rows a minute the error log takes."""

from collections import Counter
from collections.abc import Hashable


class FloodGate:
    """Lets through so many a minute of one kind, and so many in all.

    It counts in the memory of one process: the bound holds for each process, needs no query,
    and a restart forgets nothing worth keeping. Two threads at once may let one more through.
    """

    def __init__(self, *, per_kind: int, in_all: int) -> None:
        self.per_kind, self.in_all = per_kind, in_all
        self._minute = -1
        self._seen: Counter[Hashable] = Counter()
        self._passed = 0

    def lets_through(self, kind: Hashable, *, at_s: float) -> bool:
        """``at_s`` is seconds on any clock that does not run backwards by minutes."""
        minute = int(at_s // 60)
        if minute != self._minute:
            self._minute, self._seen, self._passed = minute, Counter(), 0
        if self._passed >= self.in_all or self._seen[kind] >= self.per_kind:
            return False
        self._seen[kind] += 1
        self._passed += 1
        return True
