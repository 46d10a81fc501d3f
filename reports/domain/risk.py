"""When a student's attendance is a reason to talk to them.

There are two signs, and one of them is enough: the rate lies below the course's limit, or the
student was absent the last few times in a row. A rate over very few sessions changes a lot with
each of them, so it is no sign before the third counted session. Absences in a row are a sign at
once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reports.domain import rates
from reports.domain.counting import PLAIN, Counted, CourseRules, StudentSession, count
from reports.domain.rates import Tally

MIN_COUNTED = 3


class RiskSign(StrEnum):
    RATE = "rate"
    STREAK = "streak"


@dataclass(frozen=True, kw_only=True)
class RiskLimits:
    """The limits from which attendance is a sign of risk.

    A rate below ``percent`` is a sign. So are as many absences in a row as ``absences`` says; with
    0 no number of them is one.
    """

    percent: int
    absences: int


def signs(tally: Tally, *, absence_streak: int, limits: RiskLimits) -> tuple[RiskSign, ...]:
    """Return every sign that the student shows. The tuple is empty where there is none."""
    # Compared in whole numbers, so that 3 of 4 is exactly 75 % and not a little less.
    low = 100 * tally.attended_s < limits.percent * tally.counted_s
    found = []
    if low and tally.counted >= MIN_COUNTED:
        found.append(RiskSign.RATE)
    if 0 < limits.absences <= absence_streak:
        found.append(RiskSign.STREAK)
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a student stands in a course, by all that counts."""

    tally: Tally
    absence_streak: int
    signs: tuple[RiskSign, ...]


def standing_of(
    sessions: Sequence[StudentSession], *, limits: RiskLimits, rules: CourseRules = PLAIN
) -> Standing:
    """Work out how a student stands from their sessions of a course, oldest first."""
    return standing_counted(count(sessions, rules), limits=limits)


def standing_counted(counted: Collection[Counted], *, limits: RiskLimits) -> Standing:
    """Work out how a student stands by what their sessions of a course count as, oldest first.

    Every list, report and mail asks here, so that all of them name the same students. A student who
    has left the course, or whose account is switched off, is at risk no more, whatever the signs.
    """
    tally, streak = rates.tally_counted(counted), rates.streak_counted(counted)
    return Standing(
        tally=tally,
        absence_streak=streak,
        signs=signs(tally, absence_streak=streak, limits=limits),
    )
