"""Values of iCalendar properties: texts, times and durations."""

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from attendance_project.spellings import normalized
from sessions_app.domain.ical.lines import Property

_SEPARATORS = re.compile(r"[,;]")
"""Dates of one property are separated by commas. Some programs write semicolons."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d))?(?:\.\d+)?"
    r"(?:(Z)|([+-]\d\d):?(\d\d))?)?"
)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?"
)
_OF_WEB_PAGES = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
"""Signs as web pages write them, which some systems leave in: "A&nbsp;101", "Q&amp;A"."""
_JOINERS = "\u200c\u200d"
"""The joiners of Persian and Indic names. They say something between two letters only."""


class Unreadable(ValueError):
    """A value that is not written as RFC 5545 says. Its text is the value."""


@dataclass(frozen=True)
class At:
    """A moment as the file writes it: a wall clock's time in a zone that may have to be found.

    ``zone`` is the name of the zone, "UTC", or empty for a time on whoever's own clock.
    """

    wall: datetime
    zone: str = ""
    is_day: bool = False

    @property
    def day(self) -> date:
        return self.wall.date()


@dataclass(frozen=True)
class Period:
    """An extra date of a series, which may have an end or a length of its own."""

    start: At
    end: At | None = None
    length: timedelta | None = None


def text_of(value: str) -> str:
    """The text behind a value with escapes, as one line in one spelling (see plain_text)."""
    unescaped = _ESCAPED.sub(lambda found: _escaped(found[1]), value)
    return plain_text(_OF_WEB_PAGES.sub(lambda found: html.unescape(found[0]), unescaped))


def _escaped(character: str) -> str:
    return "\n" if character in "nN" else character


def plain_text(text: str) -> str:
    """Composed characters, single spaces, and no signs that nobody sees.

    Marks of direction, characters of no width and control characters are taken out, since they say
    nothing in a room or a title. A line break becomes a comma.
    """
    lines = re.split(r"[\r\n\v\f\x85\u2028\u2029]+", normalized("NFC", text))
    shown = (" ".join(_visible(line).split()) for line in lines)
    return ", ".join(line.rstrip(",") for line in shown if line)


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for place, c in enumerate(text) if _is_shown(text, place, c))


def _is_shown(text: str, place: int, character: str) -> bool:
    if character in _JOINERS:
        around = text[place - 1 : place] + text[place + 1 : place + 2]
        return len(around) == 2 and all(unicodedata.category(c)[0] in "LM" for c in around)
    if character.isspace():
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Cn", "Co")


def values_of(found: Property) -> list[str]:
    """The values of a property that may hold several, separated by commas that are not escaped."""
    return [text_of(part) for part in re.split(r"(?<!\\),", found.value)]


def at_of(found: Property) -> At:
    """The moment of a property with one value. Raises Unreadable."""
    return _at(found.value, found)


def ats_of(found: Property) -> list[At]:
    """The moments of EXDATE. Raises Unreadable."""
    return [_at(part, found) for part in _SEPARATORS.split(found.value) if part.strip()]


def periods_of(found: Property) -> list[Period]:
    """The moments and periods of RDATE. Raises Unreadable."""
    return [_period(part, found) for part in _SEPARATORS.split(found.value) if part.strip()]


def _period(text: str, found: Property) -> Period:
    first, slash, rest = text.partition("/")
    start = _at(first, found)
    if not slash:
        return Period(start)
    if rest.strip().upper().startswith(("P", "+P")):
        return Period(start, length=duration_of(rest))
    return Period(start, end=_at(rest, found))


def _at(text: str, found: Property) -> At:
    return moment_of(text, found.params.get("TZID", ""))


def moment_of(text: str, zone: str = "") -> At:
    """The moment that a text such as ``20261201T090000Z`` says. Raises Unreadable."""
    parts = _TIME.fullmatch(text.strip().upper())
    if not parts:
        raise Unreadable(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in parts.groups()[:6])
    try:
        wall = datetime.combine(date(year, month, day), time())
        if parts[4] is None:
            return At(wall, "", is_day=True)
        # 24:00 is midnight at the day's end, and a leap second is read as the second before.
        wall += timedelta(hours=hour, minutes=minute, seconds=min(second, 59))
    except (ValueError, OverflowError) as error:
        raise Unreadable(text) from error
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise Unreadable(text)
    if parts[8]:
        return At(_in_utc(wall, parts[8], parts[9]), "UTC")
    return At(wall, "UTC" if parts[7] else zone.strip())


def _in_utc(wall: datetime, hours: str, minutes: str) -> datetime:
    """A time with an offset from UTC, which RFC 5545 does not allow and some programs write."""
    offset = timedelta(hours=int(hours), minutes=int(hours[0] + minutes))
    try:
        return wall - offset
    except OverflowError as error:
        raise Unreadable(wall.isoformat()) from error


def duration_of(text: str) -> timedelta:
    """The length that a text such as ``PT1H30M`` says, which may be negative. Raises Unreadable."""
    parts = _DURATION.fullmatch(text.strip().upper())
    if not parts or not any(parts.groups()[1:]):
        raise Unreadable(text)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in parts.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if parts[1] == "-" else length
