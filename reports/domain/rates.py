"""How attendance becomes a percentage.

- *attended* = present + late;
- *counted*  = attended + absent, so an excused absence counts neither for nor against a student;
- *rate*     = attended / counted.

Who was present or late counts from the moment when it is recorded. Who was absent counts once the
session is closed, because nobody has missed a session that is planned or still open. A cancelled
session counts for nobody, whatever was recorded before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sessions_app.domain.attendance import ATTENDED

STATUSES = ("present", "late", "excused", "absent")
CLOSED, CANCELLED = "closed", "cancelled"


def counting_statuses(state: str) -> tuple[str, ...]:
    """The statuses that count in a session of this state."""
    if state == CANCELLED:
        return ()
    return STATUSES if state == CLOSED else tuple(s for s in STATUSES if s != "absent")


@dataclass(frozen=True)
class StudentSession:
    """How one student stands in one session. ``status`` is None where nothing is recorded."""

    state: str
    status: str | None

    @property
    def counts(self) -> bool:
        return self.status in counting_statuses(self.state)

    @property
    def is_ahead(self) -> bool:
        """Whether the student can still attend or miss the session."""
        is_final = self.state in (CLOSED, CANCELLED) or self.status in (*ATTENDED, "excused")
        return not is_final


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
        """The rate in percent, 0 to 100, with one decimal. None where nothing has counted yet."""
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
    """Count the absences in a row up to the latest session. ``sessions`` come oldest first.

    A session that was attended ends a streak. An excused absence neither ends nor lengthens it.
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
    """How many of the sessions ahead a student may miss.

    ``can_be_met`` is False where attending all of them would still not reach the required rate.
    """

    sessions_ahead: int
    may_still_miss: int
    can_be_met: bool


def allowance(done: Tally, *, sessions_ahead: int, required_percent: int) -> Allowance:
    """Work out how many of the sessions ahead may be missed with the final rate as required.

    In the end ``counted + ahead`` sessions count, of which at most ``attended + ahead`` are
    attended, and each session that is missed takes one off. All is done in whole numbers, so that
    75 % of 4 sessions is exactly 3.
    """
    best = done.attended + sessions_ahead
    spare = (100 * best - required_percent * (done.counted + sessions_ahead)) // 100
    return Allowance(
        sessions_ahead=sessions_ahead,
        may_still_miss=max(0, min(spare, sessions_ahead)),
        can_be_met=spare >= 0,
    )
