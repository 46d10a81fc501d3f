"""Offerings: sessions of one course among which a student needs one."""

from datetime import date

from attendance_project.spellings import normalized
from attendance_project.weeks import week_of


def offering_of_week(offering: str, day: date) -> str:
    """The offering with the week of the day (ISO 8601), so that each week has one of its own:
    ``Lab 2026-W10``. The year is the week's own, which at the turn of the year may be another."""
    return f"{offering} {week_of(day)}"


def offering_key(offering: str) -> str:
    """Two offerings are the same if these are: capital letters make no difference."""
    return normalized("NFC", offering).casefold()


def is_same_offering(one: str, other: str) -> bool:
    """Whether sessions of one course with these texts are alternatives. Without a text a session is
    one of its own."""
    return bool(one) and offering_key(one) == offering_key(other)
