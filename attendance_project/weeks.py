"""Weeks by ISO 8601: they begin on Monday, and the first one of a year has its first Thursday."""

from datetime import date


def week_of(day: date) -> str:
    """The week of the day, such as ``2026-W10``. At the turn of the year its year may be another
    than the day's."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"


def first_day_of(week: str) -> date:
    """The Monday of a week that `week_of` named."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)
