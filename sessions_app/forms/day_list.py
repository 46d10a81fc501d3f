"""Days that a person types or pastes, one after another, in the forms that files have them in."""

import re
from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext as _

from attendance_project.days import when
from attendance_project.tables.moments import Moment, dated_moment_of, in_one_order

MOST_DAYS = 400
_RANGE = re.compile(r"\s*(?:–|—|\s-\s|\bto\b|\buntil\b|\bbis\b|\.\.)\s*", re.I)
"""What stands between the first and the last day of several."""


@dataclass(frozen=True)
class _Days:
    """One day, or the first and the last one of several, as they were written."""

    text: str
    ends: tuple[Moment, ...]


def days_of(text: str, *, first: date) -> list[date]:
    """The days in the text, each once: ``2026-12-24, 1 May 2027, 24.12.–31.12.``

    A day without a year is the next one from ``first`` on.
    Raises forms.ValidationError, which names what cannot be read.
    """
    parts = [_part(words) for words in _parts(text)]
    moments = iter(in_one_order([moment for part in parts for moment in part.ends]))
    found: dict[date, None] = {}
    for part in parts:
        ends = [_one_day(part.text, next(moments), first) for _moment in part.ends]
        if ends[-1] < ends[0] or (ends[-1] - ends[0]).days > MOST_DAYS:
            told = _("“%(text)s” ends before it begins, or is too long.")
            raise forms.ValidationError(told % {"text": part.text})
        found |= dict.fromkeys(_from_to(ends[0], ends[-1]))
    return list(found)


def _parts(text: str) -> Iterator[str]:
    """The texts of single days. A comma may stand inside of one: Dec 24, 2026."""
    for line in re.split(r"[\n;]+", text):
        held = ""
        for words in filter(None, map(str.strip, line.split(","))):
            if held and re.fullmatch(r"\d{4}", words):
                yield f"{held}, {words}"
                held = ""
                continue
            if held:
                yield from _by_blanks(held)
            held = words
        if held:
            yield from _by_blanks(held)


def _by_blanks(text: str) -> list[str]:
    """The days between blanks, where each word is one: 2026-12-24 2026-12-31."""
    words = text.split()
    are_days = len(words) > 1 and all(dated_moment_of(word).tells_day for word in words)
    return words if are_days else [text]


def _part(text: str) -> _Days:
    moment = dated_moment_of(text)
    ends = [dated_moment_of(end) for end in _RANGE.split(text)]
    if len(ends) == 2 and all(end.tells_day for end in ends):
        return _Days(text, tuple(ends))
    if not moment.tells_day:
        told = _("“%(text)s” is no day that can be read. Write it as YYYY-MM-DD.")
        raise forms.ValidationError(told % {"text": text[:50]})
    return _Days(text, (moment,))


def _one_day(text: str, moment: Moment, first: date) -> date:
    days = list(moment.days) or [_next(month, day, first) for month, day in moment.yearly]
    if len(days) > 1:
        told = _("“%(text)s” may be %(one)s or %(two)s. Write it as YYYY-MM-DD.")
        one, two = (when(day, "long day") for day in days[:2])
        raise forms.ValidationError(told % {"text": text, "one": one, "two": two})
    return days[0]


def _next(month: int, day: int, first: date) -> date:
    """The next such day. The 29th of February waits for a leap year."""
    year = first.year + ((month, day) < (first.month, first.day))
    while (month, day) == (2, 29) and not isleap(year):
        year += 1
    return date(year, month, day)


def _from_to(first: date, last: date) -> Iterator[date]:
    for more in range((last - first).days + 1):
        yield first + timedelta(days=more)
