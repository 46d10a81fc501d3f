"""Which of a student's marks in a session counts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar


class Mark(Protocol):
    key: str
    source: str
    at: datetime


M = TypeVar("M", bound=Mark)

_RANK = {"closing": 0, "check_in": 1, "review": 1, "manual": 2}


def winner(marks: Iterable[M]) -> M:
    """The mark that counts of at least one, whatever order they are given in.

    What a person signed for beats what was measured, and that beats the absence noted on
    closing. Of several by hand the latest counts, since a teacher may correct it; of several
    check-ins the first, since a student is not less present for trying again.
    """
    ranked = [(_RANK[mark.source], mark) for mark in marks]
    top = max(rank for rank, _ in ranked)
    best = [mark for rank, mark in ranked if rank == top]
    pick = max if top == _RANK["manual"] else min
    return pick(best, key=lambda mark: (mark.at, mark.key))
