"""How attendance becomes a percentage.

- *attended* = present + late;
- *counted*  = attended + absent: an excused absence leaves the reckoning altogether;
- *rate*     = attended / counted.

Being there counts from the moment it is recorded. Being absent counts once the session is
closed: a session that is planned or still open has been missed by nobody. A cancelled session
counts for nobody, whatever was recorded before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ATTENDED = ("present", "late")
STATUSES = ("present", "late", "excused", "absent")
CLOSED, CANCELLED = "closed", "cancelled"


@dataclass(frozen=True)
class StudentSession:
    """One session as one student stands in it; ``status`` is None where nothing is recorded."""

    state: str
    status: str | None

    @property
    def counts(self) -> bool:
        if self.state == CANCELLED:
            return False
        return self.status in STATUSES and (self.status != "absent" or self.state == CLOSED)

    @property
    def is_ahead(self) -> bool:
        """Whether the student can still gain or lose it."""
        settled = self.state in (CLOSED, CANCELLED) or self.status in (*ATTENDED, "excused")
        return not settled


@dataclass(frozen=True)
class Tally:
    present: int = 0
    late: int = 0
    excused: int = 0
    absent: int = 0

    @property
    def attended(self) -> int:
        return self.present + self.late

    @property
    def counted(self) -> int:
        return self.attended + self.absent

    @property
    def rate_percent(self) -> float | None:
        """One decimal, 0-100; None where nothing has counted yet."""
        return round(100 * self.attended / self.counted, 1) if self.counted else None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, s) + getattr(other, s) for s in STATUSES))


def tally(sessions: Iterable[StudentSession]) -> Tally:
    counts = dict.fromkeys(STATUSES, 0)
    for session in sessions:
        if session.counts and session.status:
            counts[session.status] += 1
    return Tally(**counts)


def absence_streak(sessions: Iterable[StudentSession]) -> int:
    """Absences in a row up to the latest session; ``sessions`` come oldest first.

    Being there ends a streak. An excused absence neither ends nor lengthens it.
    """
    streak = 0
    for status in _counted_statuses(sessions):
        if status in ATTENDED:
            streak = 0
        elif status == "absent":
            streak += 1
    return streak


def _counted_statuses(sessions: Iterable[StudentSession]) -> Iterator[str | None]:
    return (session.status for session in sessions if session.counts)


@dataclass(frozen=True)
class Allowance:
    """What lies ahead. ``can_be_met`` is False once even full attendance would fall short."""

    sessions_ahead: int
    may_still_miss: int
    can_be_met: bool


def allowance(done: Tally, *, sessions_ahead: int, required_percent: int) -> Allowance:
    """How many of the sessions ahead may be missed with the final rate still as required.

    The final reckoning has ``counted + ahead`` sessions, of which at most ``attended + ahead``
    are attended; each one missed takes one off. Whole numbers only, so that 75 % of 4 is 3.
    """
    best = done.attended + sessions_ahead
    spare = (100 * best - required_percent * (done.counted + sessions_ahead)) // 100
    return Allowance(
        sessions_ahead=sessions_ahead,
        may_still_miss=max(0, min(spare, sessions_ahead)),
        can_be_met=spare >= 0,
    )
