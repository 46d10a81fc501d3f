"""What a life of a course consists of: lessons, marks, excuses, merges, and spans of time.

People, courses and lessons are named by small numbers and letters. A lesson is a session of the
product.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

PRESENT, LATE, EXCUSED, ABSENT, CLEARED = "present", "late", "excused", "absent", ""
PLANNED, OPEN, CLOSED, CANCELLED, ANNULLED = "planned", "open", "closed", "cancelled", "annulled"
HAND, SEEN, NOTED = "by hand", "checked in", "noted on closing"
BEST_FIRST = (PRESENT, LATE, EXCUSED, ABSENT, CLEARED, None)
"""Which of two statuses of one person counts, where both accounts have one."""
LATE_AFTER = timedelta(minutes=10)
LIMIT_PERCENT, LIMIT_ABSENCES, FEWEST_COUNTED = 75, 3, 3
PARIS = ZoneInfo("Europe/Paris")
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class Lesson:
    course: str
    starts_at: datetime
    ends_at: datetime
    state: str = PLANNED
    opened_at: datetime | None = None
    reopened_at: datetime | None = None
    closed_at: datetime | None = None
    was: str = ""
    weight_h: float | None = None
    offering: str = ""

    @property
    def from_at(self) -> datetime:
        if self.opened_at is None or self.opened_at >= self.ends_at:
            return self.starts_at
        return max(self.starts_at, self.opened_at)

    @property
    def weight_s(self) -> int:
        """What it weighs in seconds: as much as was said, or its length."""
        length_s = int((self.ends_at - self.starts_at).total_seconds())
        return length_s if self.weight_h is None else round(self.weight_h * 3600)

    @property
    def day_begins_at(self) -> datetime:
        """When its day begins in Paris, or half an hour before the lesson if that is first."""
        midnight = self.starts_at.astimezone(PARIS).replace(hour=0, minute=0)
        return min(midnight, self.starts_at - timedelta(minutes=30))

    @property
    def dies_at(self) -> datetime:
        return max(self.ends_at, self.reopened_at or self.ends_at) + timedelta(minutes=30)


@dataclass(frozen=True)
class Rules:
    """How a course counts. With 0 no late is an absence."""

    lates_per_absence: int = 0
    by_hours: bool = False


@dataclass(eq=False)
class Mark:
    owner: int
    lesson: int
    kind: str
    status: str
    at: datetime


@dataclass(eq=False)
class Excuse:
    owner: int
    course: str | None
    from_at: datetime
    until_at: datetime
    status: str
    note: str
    at: datetime
    is_revoked: bool = False
    not_yet_in: set[int] = field(default_factory=set)
    """Lessons in which somebody was noted before the excuse came along from another course. It
    counts there once the lesson is closed again, or another excuse is given or taken back."""

    def covers(self, lesson: Lesson) -> bool:
        """Whether the two overlap. What begins with the day is for lessons that begin in it."""
        begins = self.from_at.astimezone(PARIS)
        if (begins.hour, begins.minute) == (0, 0):
            return self.from_at <= lesson.starts_at < self.until_at
        return self.from_at < lesson.ends_at and lesson.starts_at < self.until_at

    def says_the_same_as(self, other: "Excuse") -> bool:
        parts = ("owner", "course", "from_at", "until_at", "status", "note", "is_revoked")
        return all(getattr(self, part) == getattr(other, part) for part in parts)


@dataclass(eq=False)
class Merge:
    kept: int
    merged: int
    at: datetime
    was_on: bool
    marks: list[Mark]
    excuses: list[Excuse]
    places: dict[str, tuple]
    added: list[Mark] = field(default_factory=list)


Times = list[tuple[datetime, datetime]]
"""Times on a course or times off, oldest first. What lasts ends at NEVER."""


def joined(times: Times) -> Times:
    """The times together, without overlaps."""
    found: Times = []
    for begin, end in sorted(times):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def without(times: Times, gaps: Times) -> Times:
    """What is left of the times outside the gaps."""
    left = times
    for start, stop in gaps:
        left = [
            part
            for begin, end in left
            for part in ((begin, min(end, start)), (max(begin, stop), end))
            if part[0] < part[1]
        ]
    return left
