"""How attendance becomes a percentage.

- *attended* = present + late;
- *counted*  = attended + absent, so an excused absence counts neither for nor against a student;
- *rate*     = attended / counted.

A session counts once it is closed, and until then it is in no rate and in no average: while it is
open, almost everybody who has come so far is present. A session that is planned, also one that is
over and was never opened, counts for nobody, and so does one that was cancelled or annulled,
whatever was recorded in it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sessions_app.domain.attendance import ATTENDED

STATUSES = ("present", "late", "excused", "absent")
PLANNED, OPEN, CLOSED = "planned", "open", "closed"


def counting_statuses(state: str) -> tuple[str, ...]:
    """The statuses that count in a session of this state."""
    return STATUSES if state == CLOSED else ()


@dataclass(frozen=True)
class StudentSession:
    """How one student stands in one session. ``status`` is None where nothing is recorded.

    ``is_over`` says that the session's time is over, though nobody opened or closed it.
    """

    state: str
    status: str | None
    is_over: bool = False

    @property
    def counts(self) -> bool:
        return self.status in counting_statuses(self.state)

    @property
    def is_ahead(self) -> bool:
        """Whether the student can still attend or miss the session."""
        settled = self.is_over or self.status in (*ATTENDED, "excused")
        return self.state in (PLANNED, OPEN) and not settled


@dataclass(frozen=True)
class Tally:
    """How often each status was counted.

    ``is_final`` is False for the counts of one session that is still open. They are shown beside
    the session, but they make no rate, and they are part of no sum.
    """

    present: int = 0
    late: int = 0
    excused: int = 0
    absent: int = 0
    is_final: bool = field(default=True, kw_only=True)

    @property
    def attended(self) -> int:
        return self.present + self.late

    @property
    def counted(self) -> int:
        return self.attended + self.absent

    @property
    def rate_percent(self) -> float | None:
        """The rate in percent, 0 to 100, with one decimal. None where nothing has counted yet."""
        if not (self.is_final and self.counted):
            return None
        return round(100 * self.attended / self.counted, 1)

    def __add__(self, other: "Tally") -> "Tally":
        """Add two sums. What is not final yet adds nothing."""
        parts = [part for part in (self, other) if part.is_final]
        return Tally(*(sum(getattr(part, s) for part in parts) for s in STATUSES))


def tally(sessions: Iterable[StudentSession]) -> Tally:
    counts = dict.fromkeys(STATUSES, 0)
    for session in sessions:
        if session.counts and session.status:
            counts[session.status] += 1
    return tally_of(counts)


def tally_of(counts: Mapping[str, int]) -> Tally:
    """A tally of these counts by status."""
    return Tally(*(counts.get(status, 0) for status in STATUSES))


def of_one_session(state: str, statuses: Iterable[str]) -> Tally:
    """Count how the students stand in one session.

    While the session is open these are the counts so far, without absences, and they are not final.
    """
    recorded = list(statuses)
    if state != OPEN:
        return tally(StudentSession(state, status) for status in recorded)
    here = (status for status in recorded if status != "absent")
    return replace(tally(StudentSession(CLOSED, status) for status in here), is_final=False)


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
