"""Finds days in a text, as people and programs write them, with a year and without one."""

import re
from collections.abc import Iterator
from datetime import date

from attendance_project.tables.months import MONTHS, WEEKDAYS

Days = tuple[date, ...]
Yearly = tuple[tuple[int, int], ...]
"""Months and days."""

ISO = re.compile(
    r"(?<!\d)(?:(\d{4})(\s?[-/.])\s?(\d{1,2})\2\s?(\d{1,2})(?!\d)\.?"
    r"|(\d{4})\s?[년年]\s?(\d{1,2})\s?[월月]\s?(\d{1,2})(?!\d)[日일]?)"
)
"""Its signs are the same: “2026 - 8.12” is the end of one day and the begin of another."""
NUMBERS = re.compile(
    r"(?<!\d)(?<!\d\.)(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2(?:(?=\s?\d{4})\s?(\d{4})|(\d{2}))(?![\d:])"
)
"""A day does not begin within a number: “1.12. 8.10” is no 12 August 2010."""
_ORDINAL = r"(?:st|nd|rd|th|er|º|ª|\.)?"
_OF = r"(?:de\s+|of\s+|d[’'])?"
DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}}){_ORDINAL}[\s-]+{_OF}([^\W\d_]+)\.?,?[\s-]+{_OF}(\d{{4}}|\d{{2}})\b", re.I
)
MONTH_FIRST = re.compile(rf"([^\W\d_]+)\.?\s+(\d{{1,2}}){_ORDINAL},?\s+(\d{{4}})\b", re.I)
_NO_YEAR = re.compile(r"(?<![\d.:/-])(\d{1,2})([./-])(\d{1,2})(?:\2(?!\d)|(?![\d.:/-]))")
_MONTH_NEXT = re.compile(rf"{_ORDINAL}[\s-]+{_OF}([^\W\d_]+)", re.I)
_DAY_NO_YEAR = re.compile(rf"(?<!\d)(\d{{1,2}}){_ORDINAL}[\s-]*{_OF}([^\W\d_]{{3,}})(?!\w)", re.I)
_MONTH_NO_YEAR = re.compile(
    rf"(?<!\w)((?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*)\.?[\s-]*"
    rf"(\d{{1,2}}){_ORDINAL}(?![\d:.])",
    re.I,
)
"""Only English has the month in front, so that "Set 2" is no day in September."""


def first_day(text: str) -> tuple[tuple[date, ...], re.Match[str] | None]:
    """What the first day with a year may mean in a text, and where it stands."""
    if match := ISO.search(text):
        at = (1, 3, 4) if match[1] else (5, 6, 7)
        return dates((match[at[0]], match[at[1]], match[at[2]])), match
    if match := NUMBERS.search(text):
        one, sign, two, long, short = match.groups()
        year = long or short
        readings = [(year, two, one)] if sign == "." else [(year, two, one), (year, one, two)]
        return dates(*readings), match
    if match := _day_first(text):
        return dates((match[3], MONTHS.get(match[2].casefold(), 0), match[1])), match
    if match := MONTH_FIRST.search(text):
        return dates((match[3], MONTHS.get(match[1].casefold(), 0), match[2])), match
    return (), None


def _day_first(text: str) -> re.Match[str] | None:
    """The first day with its month's name behind it. In “1 Dec, 15 Dec 2026” the 15 is no year."""
    match: re.Match[str] | None = DAY_FIRST.search(text)
    while match:
        following = _MONTH_NEXT.match(text, match.end())
        if len(match[3]) == 4 or not following or following[1].casefold() not in MONTHS:
            return match
        match = DAY_FIRST.search(text, match.start() + 1)
    return None


def yearly(text: str) -> tuple[Yearly, str]:
    """The months and days in a text without a year, and the rest of the text."""
    for days, named in named_without_year(text):
        return days, without(text, named)
    if match := _NO_YEAR.search(text):
        one, sign, two = int(match[1]), match[2], int(match[3])
        readings = [(two, one)] if sign == "." else [(two, one), (one, two)]
        return leap_days(*readings), without(text, match)
    return (), text


def named_without_year(text: str) -> Iterator[tuple[Yearly, re.Match[str]]]:
    """The days with the name of a month and no year: first those that have the day in front."""
    for match in _DAY_NO_YEAR.finditer(text):
        if number := MONTHS.get(match[2].casefold()):
            yield leap_days((number, int(match[1]))), match
    for match in _MONTH_NO_YEAR.finditer(text):
        if number := MONTHS.get(match[1].casefold()):  # "Marketing 3" is no day in March
            yield leap_days((number, int(match[2]))), match


def is_weekday_too(match: re.Match[str]) -> bool:
    """Whether a day with the name of a month may be a number beside a weekday, as in “3 mar”."""
    return any(word in WEEKDAYS for word in re.findall(r"[^\W\d_]+", match[0].casefold()))


def leap_days(*readings: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """The months and days that there are in a leap year, each once."""
    found = [(d.month, d.day) for m, day in readings for d in dates((2024, m, day))]
    return tuple(dict.fromkeys(found))


def without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :].lstrip('T')}"


def dates(*readings: tuple[str | int, str | int, str | int]) -> tuple[date, ...]:
    """The days that exist, each once. Two digits of a year are of this century."""
    found = []
    for year, month, day in readings:
        full = int(year) + (2000 if int(year) < 100 else 0)
        try:
            found.append(date(full, int(month), int(day)))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))
