"""When a student's attendance is a reason to talk to them.

Two signs, either of which is enough: the rate lies under the course's limit, or the latest
absences come in a row. A rate over very few sessions swings with each of them, so it is no
sign before the third counted session; absences in a row are one at once.
"""

from dataclasses import dataclass
from enum import StrEnum

from reports.domain.rates import Tally

MIN_COUNTED = 3


class RiskSign(StrEnum):
    RATE = "rate"
    STREAK = "streak"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """``percent``: a rate below it is a sign; ``absences``: so many in a row are one, 0 never."""

    percent: int
    absences: int


def signs(tally: Tally, *, absence_streak: int, limits: Limits) -> tuple[RiskSign, ...]:
    """Every sign that the student shows; none is the empty tuple."""
    # Whole numbers, so that 3 of 4 is exactly 75 % and not under it.
    low = 100 * tally.attended < limits.percent * tally.counted
    found = []
    if low and tally.counted >= MIN_COUNTED:
        found.append(RiskSign.RATE)
    if 0 < limits.absences <= absence_streak:
        found.append(RiskSign.STREAK)
    return tuple(found)
