"""The days that a client may ask a report for."""

from datetime import date

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)
"""The first and the last of these days. Others are slips of the finger, and dates near the end of
Python's calendar cannot be added to."""


def is_askable(day: date) -> bool:
    return FIRST_DAY <= day <= LAST_DAY
