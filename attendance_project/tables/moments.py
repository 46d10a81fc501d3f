"""Reads days, times and lengths of time as other programs write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from attendance_project.spellings import plain

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gennaio",
            "feb february februar février fevrier febrero febbraio",
            "mar march märz marz mars marzo",
            "apr april avril abril aprile",
            "may mai mayo maggio",
            "jun june juni juin junio giugno",
            "jul july juli juillet julio luglio",
            "aug august août aout agosto",
            "sep sept september septembre septiembre settembre",
            "oct october oktober okt octobre octubre ottobre",
            "nov november novembre noviembre",
            "dec december dezember dez décembre decembre diciembre dicembre",
        ),
        1,
    )
    for name in names.split()
}
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?=\D|$)")
_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?=\D|$)")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+([^\W\d_]+)\.?,?[\s-]+(\d{4}|\d{2})\b")
_MONTH_FIRST = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_TIME = re.compile(
    r"(?<![\d:])(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*([ap])?\.?\s*(m\b)?", re.I
)
_AWARE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)")
_LENGTH = re.compile(
    r"(?:(\d+(?:[.,]\d+)?)\s*(?:h|hrs?|hours?|std|stunden?|heures?|horas?|ore|uur)(?![a-z])\.?\s*)?"
    r"(?:(\d+(?:[.,]\d+)?)\s*(?:m|mins?|minut(?:es?|en?|os?|i))(?![a-z])\.?\s*)?"
    r"(?:(\d+(?:[.,]\d+)?)\s*(?:s|secs?|seconds?|secondes?|sek|sekunden?|segs?|segundos?)(?![a-z])\.?)?",
    re.I,
)
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")


@dataclass(frozen=True)
class Moment:
    """What a text may mean: one day, or two where it is not known which number is the month."""

    days: tuple[date, ...] = ()
    time: time | None = None
    at: datetime | None = None
    """The moment itself, where the text says how far its clock is from UTC."""


def moment_of(text: str) -> Moment:
    """The day and the time in a text such as ``11/23/26, 9:58:12 AM``. Both may be missing."""
    text = plain(text)
    if match := _AWARE.search(text):
        at = datetime.fromisoformat(match[0].replace("Z", "+00:00"))
        return Moment((at.date(),), at.time(), at)
    days, rest = _days(text)
    return Moment(days, _time(rest))


def _days(text: str) -> tuple[tuple[date, ...], str]:
    if match := _ISO.search(text):
        return _dates((match[1], match[2], match[3])), _without(text, match)
    if match := _NUMBERS.search(text):
        one, sign, two, year = match.groups()
        readings = [(year, two, one)] if sign == "." else [(year, two, one), (year, one, two)]
        return _dates(*readings), _without(text, match)
    if match := _DAY_FIRST.search(text):
        month = MONTHS.get(match[2].casefold(), 0)
        return _dates((match[3], month, match[1])), _without(text, match)
    if match := _MONTH_FIRST.search(text):
        month = MONTHS.get(match[1].casefold(), 0)
        return _dates((match[3], month, match[2])), _without(text, match)
    return (), text


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :].lstrip('T')}"


def _dates(*readings: tuple[str | int, str | int, str | int]) -> tuple[date, ...]:
    """The days that exist, each once. Two digits of a year are of this century."""
    found = []
    for year, month, day in readings:
        full = int(year) + (2000 if int(year) < 100 else 0)
        try:
            found.append(date(full, int(month), int(day)))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def _time(text: str) -> time | None:
    match = _TIME.search(text)
    if not match:
        return None
    hour, half = int(match[1]), (match[4] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(match[2]), int(match[3] or 0))
    except ValueError:
        return None


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
    return [Moment((m.days[order],), m.time, m.at) if len(m.days) == 2 else m for m in moments]


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
