"""Which days a report may be asked about."""

from datetime import date

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)
"""Days of this century or the next. Others come from a slip of the finger, and dates near the
end of the calendar cannot be reckoned with."""


def is_askable(day: date) -> bool:
    return FIRST_DAY <= day <= LAST_DAY
