"""Tells whether a text holds several days, so that none of them is lost without a word."""

import re
from datetime import date, timedelta
from itertools import pairwise

from attendance_project.spellings import plain
from attendance_project.tables.months import WEEKDAYS, in_one_word
from attendance_project.tables.written_days import (
    DAY_FIRST,
    MONTH_FIRST,
    NUMBERS,
    Days,
    Yearly,
    first_day,
    is_weekday_too,
    leap_days,
    named_without_year,
)

_READ = 200
"""Signs of a text that are looked at. A cell may have thousands of days."""
_TAKEN = "|"
"""Stands in place of each sign of a day that was found, so that what is beside it stays apart."""
_WORD = r"(?:\s+(?:und|bis|and|to|et|au|e|al|y|и|до)\b)"
_BEFORE_NUMBERS = re.compile(rf"\s*(?:\d{{1,2}}(?:\.?\s*[-&+]|\.\s*[,/]|\.?{_WORD})\s*)+", re.I)
"""What stands in front of a day where others share its month: “1.-” and “1 and”."""
_BEFORE_MONTH = re.compile(rf"\s*(?:\d{{1,2}}(?:\.?\s*[-&+,/]|\.?{_WORD})\s*)+", re.I)
"""The same in front of a day whose month has a name: “1/8 December” is no day of January."""
_DOTTED = re.compile(r"(?<![\d.:])(\d{1,2})\.\s?(0?[1-9]|1[0-2])\.(?!\s?\d)")
_SLASHED = re.compile(
    r"(?<![\d/])(\d{1,2})/(\d{1,2})(?=\s*[,;&+]\s*\|)|(?<=\|)\s*[,;&+]\s*(\d{1,2})/(\d{1,2})(?![\d/])"
)
_OFFSET = re.compile(r"(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)[+-]\d\d:?\d\d")
_TIME = re.compile(r"(?<![\d:])(\d{1,2})[:.h](\d{2})(?:[:.]\d{2}(?:\.\d+)?)?\s*([ap])?", re.I)


def has_several_days(text: str) -> bool:
    """Whether the text holds more than one day, as “1.12.2026, 8.12.2026” and “1.-15.12.2026” do.

    A night is one: two days that follow each other, from a time of the first to an earlier one of
    the second.
    """
    text = _OFFSET.sub(r"\1", in_one_word(plain(text))[:_READ])
    if _has_another_before(text):
        return True
    days, is_named, rest = _whole_days(text)
    others = _yearless_days(rest, is_named=is_named)
    if not others and len(days) == 2 and _is_night(days, rest):
        return False
    return not _may_all_be_one(days, others)


def _has_another_before(text: str) -> bool:
    """Whether numbers of other days stand in front of a day, whose month and year they share.

    In “1 - 07.10.2026” the 1 is the number of a meeting: it would be 01, like the 07.
    """
    _days, match = first_day(text)
    if not match or match.re not in (NUMBERS, DAY_FIRST):
        return False
    before = re.sub(r"[^\W\d_]+\.?", _without_weekday, text[: match.start()])
    pattern = _BEFORE_MONTH if match.re is DAY_FIRST else _BEFORE_NUMBERS
    if not pattern.fullmatch(before):
        return False
    numbers = [*re.findall(r"\d+", before), match[1]]
    is_rising = all(int(a) < int(b) for a, b in pairwise(numbers))
    is_padded = {n[0] == "0" for n in numbers if int(n) < 10}
    return is_rising and len(is_padded) < 2


def _without_weekday(match: re.Match[str]) -> str:
    return "" if match[0].rstrip(".").casefold() in WEEKDAYS else match[0]


def _whole_days(text: str) -> tuple[list[Days], bool, str]:
    """What each day with a year may mean, in the order of the text, whether one of them has the
    name of a month, and the text without them."""
    found: dict[int, Days] = {}
    is_named = False
    days, match = first_day(text)
    while match:
        if days:
            found[match.start()] = days
            is_named = is_named or match.re in (DAY_FIRST, MONTH_FIRST)
        text = _taken(text, match)
        days, match = first_day(text)
    return [found[at] for at in sorted(found)], is_named, text


def _yearless_days(text: str, *, is_named: bool) -> list[Yearly]:
    found = []
    for days, match in named_without_year(text):
        if not days or text[match.start() : match.end()] != match[0]:
            continue  # the name of the month belongs to the day in front of it
        if is_named or not is_weekday_too(match):
            found.append(days)
        text = _taken(text, match)
    found += [leap_days((int(month), int(day))) for day, month in _DOTTED.findall(text)]
    for one, two, three, four in _SLASHED.findall(text):
        first, second = int(one or three), int(two or four)
        found.append(leap_days((second, first), (first, second)))
    return [days for days in found if days]


def _taken(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + _TAKEN * len(match[0]) + text[match.end() :]


def _may_all_be_one(days: list[Days], others: list[Yearly]) -> bool:
    if days and not set(days[0]).intersection(*days[1:]):
        return False
    yearly = [{(day.month, day.day) for day in readings} for readings in days]
    yearly += [set(readings) for readings in others]
    return not yearly or bool(yearly[0].intersection(*yearly[1:]))


def _is_night(days: list[Days], rest: str) -> bool:
    times = [_minute_of_day(match) for match in _TIME.finditer(rest)]
    follow = any(_follows(*pair) for pair in zip(*days, strict=False))
    return follow and len(times) == 2 and times[1] < times[0]


def _follows(first: date, second: date) -> bool:
    return second - first == timedelta(days=1)


def _minute_of_day(match: re.Match[str]) -> int:
    hour, half = int(match[1]), (match[3] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour * 60 + int(match[2])
