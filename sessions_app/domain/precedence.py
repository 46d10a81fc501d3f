"""Finds the mark that counts among a student's marks in a session."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar


class Mark(Protocol):
    key: str
    status: str
    source: str
    at: datetime
    undone_at: datetime | None


M = TypeVar("M", bound=Mark)

_RANK = {"closing": 0, "excuse": 1, "check_in": 2, "review": 2, "import": 3, "manual": 4}


def winner(marks: Iterable[M]) -> M | None:
    """The mark that counts, in whatever order they are given, or None if all were undone.

    What a person signed for counts more than what was measured. Being there counts more than an
    excuse, and an excuse more than the absence that is noted on closing. A mark by hand counts more
    than an imported one, so that no file takes back what a person said about one student. Of
    several marks by hand the latest counts, since a teacher may correct it, and so does the latest
    import. Of several check-ins the first counts, since a student is not less present for trying
    again. An imported absence is excused by an excuse, whichever came first: who wrote the list saw
    that the student was not there, and the excuse says why.
    """
    ranked = [(_RANK[mark.source], mark) for mark in marks if mark.undone_at is None]
    if not ranked:
        return None
    top = max(rank for rank, _ in ranked)
    best = [mark for rank, mark in ranked if rank == top]
    pick = max if top >= _RANK["import"] else min
    mark = pick(best, key=_order)
    excuses = [one for _, one in ranked if one.source == "excuse"]
    is_absence = mark.source == "import" and mark.status == "absent"
    return min(excuses, key=_order) if is_absence and excuses else mark


def _order(mark: Mark) -> tuple[datetime, str]:
    return mark.at, mark.key
