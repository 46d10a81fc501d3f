"""Reads days, times and lengths of time as other programs write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from attendance_project.spellings import plain
from attendance_project.tables.months import in_one_word, is_beside_a_day, weekday_in
from attendance_project.tables.several_days import has_several_days
from attendance_project.tables.written_days import dates, first_day, without, yearly

_TOGETHER = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_SERIAL = re.compile(r"(\d{5})(?:[.,](\d+))?")
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050
"""Days since 30 December 1899, as spreadsheets count them: from 2000 to the end of 2099."""
_SERIAL_BEGIN = date(1899, 12, 30)
_TIME = re.compile(
    r"(?<![\d:])(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*([ap])?\.?\s*(m\b)?", re.I
)
_AWARE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?|T\d\d:\d\d| \d\d:\d\d(?!-))"
    r"(?:Z|[+-]\d\d:?\d\d)"
)
"""In “2026-12-01 09:00-10:30” the second time is an end, and says nothing of a time zone."""
_LENGTH = re.compile(
    r"(?:(\d+(?:[.,]\d+)?)\s*(?:h|hrs?|hours?|std|stunden?|heures?|horas?|ore|uur)(?![a-z])\.?\s*)?"
    r"(?:(\d+(?:[.,]\d+)?)\s*(?:m|mins?|minut(?:es?|en?|os?|i))(?![a-z])\.?\s*)?"
    r"(?:(\d+(?:[.,]\d+)?)\s*(?:s|secs?|seconds?|secondes?|sek|sekunden?|segs?|segundos?)(?![a-z])\.?)?",
    re.I,
)
_CLOCK = re.compile(r"(\d{1,3})(?::|\s?h\s?)(\d{2})(?::(\d{2}))?")


@dataclass(frozen=True)
class Moment:
    """What a text may mean: one day, or two where it is not known which number is the month."""

    days: tuple[date, ...] = ()
    time: time | None = None
    at: datetime | None = None
    """The moment itself, where the text says how far its clock is from UTC."""
    yearly: tuple[tuple[int, int], ...] = ()
    """The months and days that it may be, where the text has no year."""

    @property
    def tells_day(self) -> bool:
        return bool(self.days or self.yearly)

    def may_be(self, day: date) -> bool:
        """Whether the text may mean this day."""
        return day in self.days or (day.month, day.day) in self.yearly


def moment_of(text: str) -> Moment:
    """The day and the time in a text such as ``11/23/26, 9:58:12 AM``. Both may be missing."""
    text = plain(text)
    if match := _AWARE.search(text):
        try:
            at = datetime.fromisoformat(match[0].replace("Z", "+00:00"))
        except ValueError:  # such as 25:00, or the 30th of February
            return Moment()
        return Moment((at.date(),), at.time(), at)
    days, rest = days_in(text)
    return Moment(_on_weekday(days, rest), _time(rest))


def _on_weekday(days: tuple[date, ...], rest: str) -> tuple[date, ...]:
    """The day that the text means, where it may mean two: the one on the weekday beside it."""
    weekday = weekday_in(rest) if len(days) == 2 else None
    found = tuple(day for day in days if day.weekday() == weekday)
    return found if len(found) == 1 else days


def is_on_another_weekday(text: str) -> bool:
    """Whether a text with one sure day names a weekday that this day is not on."""
    days = moment_of(text).days
    weekday = weekday_in(days_in(plain(text))[1])
    return len(days) == 1 and weekday is not None and days[0].weekday() != weekday


def dated_moment_of(text: str) -> Moment:
    """The moment in the text of a column or a name that holds a day.

    Besides what `moment_of` reads, the day may be the number by which a spreadsheet keeps it, such
    as ``46349``, or lack the year, as ``23.11.`` does. A text with several days tells none.
    """
    if has_several_days(text):
        return Moment()
    moment = moment_of(text)
    if moment.days:
        return moment
    if match := _TOGETHER.fullmatch(plain(text)):
        return Moment(dates((match[1], match[2], match[3])))
    if serial := serial_moment(text):
        return serial
    days, rest = yearly(plain(text))
    is_day_alone = bool(days) and is_beside_a_day(_TIME.sub(" ", rest))
    return Moment((), _time(rest), yearly=days) if is_day_alone else moment


def serial_moment(text: str) -> Moment | None:
    """The moment that a spreadsheet keeps as this number of days, or None for any other text."""
    match = _SERIAL.fullmatch(plain(text))
    if not match or not _FIRST_SERIAL <= int(match[1]) <= _LAST_SERIAL:
        return None
    day = _SERIAL_BEGIN + timedelta(days=int(match[1]))
    if not (match[2] or "").strip("0"):
        return Moment((day,))
    minutes = min(round(float(f"0.{match[2]}") * 24 * 60), 24 * 60 - 1)
    return Moment((day,), time(minutes // 60, minutes % 60))


def days_in(text: str) -> tuple[tuple[date, ...], str]:
    """The days that a plain text may mean, and the rest of the text."""
    text = in_one_word(text)
    days, match = first_day(text)
    return (days, without(text, match)) if match else ((), text)


def _time(text: str) -> time | None:
    match = _TIME.search(text)
    if not match:
        return None
    hour, half = int(match[1]), (match[4] or _half_of(text)).lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(match[2]), int(match[3] or 0))
    except ValueError:
        return None


def _half_of(text: str) -> str:
    """The half of the day in languages that write it otherwise than with "am" and "pm"."""
    if re.search(r"上午|午前|오전|صباح|(?<!\w)ص(?!\w)|π\.?\s?μ\.?", text):
        return "a"
    return "p" if re.search(r"下午|午後|오후|مساء|(?<!\w)م(?!\w)|μ\.?\s?μ\.?", text) else ""


def in_one_order(moments: list[Moment]) -> list[Moment]:
    """The moments with one day each, where the others show which number is the month.

    The first reading of a text has the day in front. Days of one file lie close together, so the
    order that leaves the shorter time between them is meant, if one of them is sure.
    """
    sure = [m.days[0] for m in moments if len(m.days) == 1]
    pairs = [m.days for m in moments if len(m.days) == 2]
    if not sure or not pairs:
        return moments
    spans = [_span([*sure, *(pair[order] for pair in pairs)]) for order in (0, 1)]
    if spans[0] == spans[1]:
        return moments
    order = spans.index(min(spans))
    return [replace(m, days=(m.days[order],)) if len(m.days) == 2 else m for m in moments]


def _span(days: list[date]) -> int:
    return (max(days) - min(days)).days


def minutes_of(text: str) -> float | None:
    """The minutes in ``1h 20m 3s``, ``1 hr 20 min``, ``01:20:03`` or ``80``."""
    text = plain(text).lower()
    if re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        return float(text.replace(",", "."))
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return hours * 60 + minutes + seconds / 60
    match = _LENGTH.fullmatch(text)
    if not match or not any(match.groups()):
        return None
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups())
    return hours * 60 + minutes + seconds / 60
