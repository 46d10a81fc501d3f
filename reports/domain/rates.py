"""How attendance becomes a percentage.

- *attended* = present + late, less the lates that count as absences;
- *counted*  = present + late + absent, so an excused absence counts neither for nor against a
  student;
- *rate*     = attended / counted, by sessions or by hours, as the course has chosen.

A session counts once it is closed, and until then it is in no rate and in no average: while it is
open, almost everybody who has come so far is present. A session that is planned, also one that is
over and was never opened, counts for nobody, and so does one that was cancelled or annulled,
whatever was recorded in it. What a closed session counts as is in `reports.domain.counting`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reports.domain.counting import (
    CLOSED,
    HOUR_S,
    OPEN,
    PLAIN,
    Ahead,
    Counted,
    CountedAs,
    CourseRules,
    StudentSession,
    as_settled,
    count,
)
from reports.domain.counting import ahead as sessions_ahead
from sessions_app.domain.attendance import ATTENDED

STATUSES = ("present", "late", "excused", "absent")


@dataclass(frozen=True)
class Hours:
    """The part of a tally that counts by hours: its weight in seconds, and its sessions."""

    attended_s: int = 0
    counted_s: int = 0
    attended: int = 0
    counted: int = 0

    def __add__(self, other: "Hours") -> "Hours":
        return Hours(
            self.attended_s + other.attended_s,
            self.counted_s + other.counted_s,
            self.attended + other.attended,
            self.counted + other.counted,
        )


@dataclass(frozen=True)
class Tally:
    """How often each status was counted.

    ``late_absences`` is how many of the lates count as absences. ``hours`` has the weights of those
    sessions that count by hours. In a sum over several courses the others weigh an hour each.

    ``is_final`` is False for the counts of one session that is still open. They are shown beside
    the session, but they make no rate, and they are part of no sum.
    """

    present: int = 0
    late: int = 0
    excused: int = 0
    absent: int = 0
    is_final: bool = field(default=True, kw_only=True)
    late_absences: int = field(default=0, kw_only=True)
    hours: Hours = field(default=Hours(), kw_only=True)

    @property
    def attended(self) -> int:
        return self.present + self.late - self.late_absences

    @property
    def counted(self) -> int:
        return self.present + self.late + self.absent

    @property
    def attended_s(self) -> int:
        """The weight of what was attended, in seconds."""
        return self.hours.attended_s + HOUR_S * (self.attended - self.hours.attended)

    @property
    def counted_s(self) -> int:
        """The weight of all that counts, in seconds."""
        return self.hours.counted_s + HOUR_S * (self.counted - self.hours.counted)

    @property
    def attended_h(self) -> float | None:
        """The hours that were attended. None where not all sessions count by hours."""
        return in_hours(self.hours.attended_s) if self._is_by_hours else None

    @property
    def counted_h(self) -> float | None:
        """The hours that count. None where not all sessions count by hours."""
        return in_hours(self.hours.counted_s) if self._is_by_hours else None

    @property
    def _is_by_hours(self) -> bool:
        return 0 < self.counted == self.hours.counted

    @property
    def rate_percent(self) -> float | None:
        """The rate in percent, 0 to 100, with one decimal. None where nothing has counted yet."""
        if not (self.is_final and self.counted):
            return None
        return round(100 * self.attended_s / self.counted_s, 1)

    def __add__(self, other: "Tally") -> "Tally":
        """Add two sums. What is not final yet adds nothing."""
        parts = [part for part in (self, other) if part.is_final]
        return Tally(
            *(sum(getattr(part, s) for part in parts) for s in STATUSES),
            late_absences=sum(part.late_absences for part in parts),
            hours=sum((part.hours for part in parts), Hours()),
        )


def in_hours(weight_s: int) -> float:
    """A weight in hours, with two decimals."""
    return round(weight_s / HOUR_S, 2)


def tally(sessions: Iterable[StudentSession], rules: CourseRules = PLAIN) -> Tally:
    """Count one student's sessions of a course, oldest first."""
    return tally_counted(count(list(sessions), rules))


def tally_counted(counted: Iterable[Counted]) -> Tally:
    """Count what sessions count as."""
    rows = [one for one in counted if one.counts]
    counts = dict.fromkeys(STATUSES, 0)
    for one in rows:
        counts[one.status or ""] += 1
    return replace(
        tally_of(counts),
        late_absences=sum(one.counted_as == CountedAs.LATE_ABSENCE for one in rows),
        hours=sum((_hours_of(one) for one in rows if one.weight_s), Hours()),
    )


def _hours_of(one: Counted) -> Hours:
    if not (one.weight_s and one.is_in_rate):
        return Hours()
    share = int(one.is_attended)
    return Hours(one.weight_s * share, one.weight_s, share, 1)


def tally_of(counts: Mapping[str, int], *, weight_s: int | None = None) -> Tally:
    """A tally of these counts by status, each of this weight in seconds, where they count by
    hours."""
    plain = Tally(*(counts.get(status, 0) for status in STATUSES))
    if weight_s is None:
        return plain
    attended, counted = plain.attended, plain.counted
    return replace(plain, hours=Hours(weight_s * attended, weight_s * counted, attended, counted))


def late_absences_of(number: int, *, weight_s: int | None = None) -> Tally:
    """What turns so many lates of a tally, each of this weight, into absences."""
    hours = Hours() if weight_s is None else Hours(-weight_s * number, 0, -number, 0)
    return Tally(late_absences=number, hours=hours)


def of_one_session(state: str, statuses: Iterable[str]) -> Tally:
    """Count how the students stand in one session.

    While the session is open these are the counts so far, without absences, and they are not final.
    """
    recorded = list(statuses)
    if state != OPEN:
        return tally(StudentSession(state, status) for status in recorded)
    here = (status for status in recorded if status != "absent")
    return replace(tally(StudentSession(CLOSED, status) for status in here), is_final=False)


def absence_streak(sessions: Iterable[StudentSession], rules: CourseRules = PLAIN) -> int:
    """Count the absences in a row up to the latest of one student's sessions of a course."""
    return streak_counted(count(list(sessions), rules))


def streak_counted(counted: Iterable[Counted]) -> int:
    """Count the absences in a row up to the latest session, where sessions come oldest first.

    A session to which the student came ends a streak, also by a late that counts as an absence. An
    excused absence neither ends nor lengthens it.
    """
    streak = 0
    for one in counted:
        if one.counts and one.status in ATTENDED:
            streak = 0
        elif one.counts and one.status == "absent":
            streak += 1
    return streak


@dataclass(frozen=True)
class Allowance:
    """How many of the sessions ahead a student may miss, whichever these are.

    ``can_be_met`` is False where attending all of them would still not reach the required rate.
    Hours are there where the course counts by hours: those of the sessions ahead, and how many of
    them may be missed, rounded down. Those are 0 where no session ahead is as short.
    ``excused_ahead`` is how many more are to come from which an excuse lets the student stay away.
    """

    sessions_ahead: int
    may_still_miss: int
    can_be_met: bool
    ahead_h: float | None = None
    may_still_miss_h: float | None = None
    excused_ahead: int = 0


def allowance_of(
    sessions: Sequence[StudentSession], rules: CourseRules = PLAIN, *, required_percent: int
) -> Allowance:
    """Work out how many sessions ahead one student may miss in a course. Its sessions come oldest
    first.

    What is settled before its session is closed counts as done: the student was seen in a session
    that is still open, or is excused from one ahead. A student who is excused may come all the
    same. So where only that reaches the required rate, what the student is excused from is ahead.
    """
    done = tally(as_settled(sessions), rules)
    without_excused, with_excused = (
        allowance(
            done,
            ahead=sessions_ahead(sessions, rules, with_excused=with_them),
            required_percent=required_percent,
            by_hours=rules.by_hours,
        )
        for with_them in (False, True)
    )
    if with_excused.can_be_met and not without_excused.can_be_met:
        return with_excused
    return replace(without_excused, excused_ahead=sum(one.is_excused_ahead for one in sessions))


def allowance(
    done: Tally, *, ahead: Sequence[Ahead], required_percent: int, by_hours: bool = False
) -> Allowance:
    """Work out how many of the sessions ahead may be missed with the final rate as required.

    In the end all that is done and all that is ahead counts, and each session that is missed takes
    its weight off what is attended. The heaviest are taken first, so that any other choice of as
    many may be missed as well. All is done in whole numbers, so that 75 % of 4 sessions is exactly
    3. An offering ahead is taken at its least weight: attending a heavier session of it only helps.
    """
    least = sorted((one.least_s for one in ahead), reverse=True)
    spare_s = _spare(done, sum(least), required_percent) // 100
    miss_s = min(spare_s, sum(least)) if least and least[-1] <= spare_s else 0
    return Allowance(
        sessions_ahead=len(ahead),
        may_still_miss=_fitting(least, spare_s),
        can_be_met=_spare(done, sum(one.most_s for one in ahead), required_percent) >= 0,
        ahead_h=in_hours(sum(least)) if by_hours else None,
        may_still_miss_h=miss_s * 100 // HOUR_S / 100 if by_hours else None,
    )


def _spare(done: Tally, ahead_s: int, required_percent: int) -> int:
    """What may be lost of the best final attendance without falling below the required rate, in
    hundredths of seconds. It is negative where even the best is too little."""
    return 100 * (done.attended_s + ahead_s) - required_percent * (done.counted_s + ahead_s)


def _fitting(weights: Sequence[int], spare_s: int) -> int:
    """How many of the weights, taken in this order, fit into what is spare."""
    number = 0
    for weight_s in weights:
        spare_s -= weight_s
        if spare_s < 0:
            break
        number += 1
    return number
