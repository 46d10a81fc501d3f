"""Reads occurrences from an iCalendar file: title, times and room, on dates to come."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import recurring_ical_events
from django.utils.translation import gettext as _

from attendance_project.tables import MOST_BYTES, ImportRefused, Problem, refuse

MOST_EVENTS = 1000
MOST_OCCURRENCES = 5000
LONGEST_SERIES = timedelta(days=3 * 366)
"""The longest series. It is walked from its start, and an older one belongs to another term."""

_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY"}
_RULE_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"}
_ZONE_PARTS = _RULE_PARTS | {"BYMONTH"}
"""The rules by which timetables repeat. Others can be made to match never or a million times, and
would be searched for until the year 9999."""


@dataclass(frozen=True)
class Occurrence:
    """One date of an event. A time without a zone is on the course's own clock."""

    line: int
    title: str
    words: str
    """Everything that may name the course: title, categories and description."""
    organiser: str
    starts_at: datetime
    ends_at: datetime
    room: str


@dataclass(frozen=True)
class Calendar:
    occurrences: list[Occurrence]
    left_out: list[str]
    """Titles of events that last whole days or are cancelled."""


def read_calendar(data: bytes, *, since: datetime, until: datetime) -> Calendar:
    """The occurrences that start between the two moments. Raises ImportRefused."""
    if len(data) > MOST_BYTES:
        raise refuse(
            _("The file is larger than %(mb)s MB. Split it into several.")
            % {"mb": MOST_BYTES // 2**20}
        )
    lines = _unfolded(data)
    _check_rules(lines)
    calendar = _parsed(data)
    starts = [number for number, line in lines if line.strip().upper() == "BEGIN:VEVENT"]
    events = list(zip(starts, calendar.walk("VEVENT"), strict=False))
    if len(events) > MOST_EVENTS:
        raise refuse(
            _("There are more than %(most)s events. Split the file into several.")
            % {"most": MOST_EVENTS}
        )
    if problems := [problem for line, event in events for problem in _problems(line, event, since)]:
        raise ImportRefused(problems)
    by_uid = {str(event.get("UID")): line for line, event in reversed(events)}
    unusable = [event for _, event in events if _left_out(event)]
    for event in unusable:
        calendar.subcomponents.remove(event)
    occurrences = list(_occurrences(calendar, by_uid, since, until))
    return Calendar(occurrences, sorted({_title(event) for event in unusable}))


def _unfolded(data: bytes) -> list[tuple[int, str]]:
    """Content lines with the number of their first line in the file (RFC 5545, 3.1)."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            _("This is not a calendar file: it is not UTF-8 text. Export it again as .ics.")
        ) from error
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1] in (" ", "\t") and lines:
            lines[-1] = (lines[-1][0], lines[-1][1] + line[1:])
        else:
            lines.append((number, line))
    return lines


def _check_rules(lines: list[tuple[int, str]]) -> None:
    """Refuse repetitions that would take too long to compute, before they are computed."""
    problems, inside = [], ""
    for number, line in lines:
        name, _colon, value = line.partition(":")
        if name.strip().upper() == "BEGIN":
            inside = value.strip().upper()
        property_name = name.partition(";")[0].strip().upper()
        if property_name == "EXRULE" or (
            property_name == "RRULE" and not _is_reckonable(value, inside)
        ):
            text = _("repeats in a way that is not supported: %(rule)s. Use days or weeks.") % {
                "rule": value[:80]
            }
            problems.append(Problem(number, property_name, text))
    if problems:
        raise ImportRefused(problems)


def _is_reckonable(rule: str, inside: str) -> bool:
    pairs = [part.partition("=") for part in rule.strip().upper().split(";") if part]
    parts = {name: value for name, _, value in pairs}
    if len(parts) != len(pairs):
        return False
    frequency, interval = parts.get("FREQ"), parts.get("INTERVAL", "1")
    if inside in ("STANDARD", "DAYLIGHT"):
        return frequency == "YEARLY" and interval == "1" and parts.keys() <= _ZONE_PARTS
    if frequency not in _FREQUENCIES or not parts.keys() <= _RULE_PARTS:
        return False
    if not re.fullmatch(r"[1-9]\d?", interval):
        return False
    if not re.fullmatch(r"[1-9]\d{0,2}", parts.get("COUNT", "1")):
        return False
    # Each of these always matches again within a few steps.
    picks = parts.keys() & {"BYDAY", "BYMONTHDAY"}
    if frequency == "MONTHLY":
        return len(picks) < 2 and (interval == "1" or not picks)
    return "BYMONTHDAY" not in picks and (frequency == "WEEKLY" or interval == "1" or not picks)


def _parsed(data: bytes) -> Any:
    try:
        calendar = icalendar.Calendar.from_ical(data.decode("utf-8-sig"))
    except (ValueError, KeyError, IndexError) as error:
        raise refuse(
            _("This is not a calendar file (.ics), or it is damaged. Export it again.")
        ) from error
    if calendar.name != "VCALENDAR":
        raise refuse(
            _("This is not a calendar file (.ics): it holds no calendar. Export it again.")
        )
    return calendar


def _problems(line: int, event: Any, since: datetime) -> Iterator[Problem]:
    for name, text in event.errors:
        yield Problem(
            line,
            name or "",
            _("cannot be read: %(why)s. Correct the event or remove it.") % {"why": text},
        )
    if event.errors:
        return
    title, start = _title(event), getattr(event.get("DTSTART"), "dt", None)
    end = getattr(event.get("DTEND"), "dt", None)
    if start is None:
        yield Problem(
            line,
            "DTSTART",
            _("is missing: “%(title)s” has no start. Add one, or remove the event.")
            % {"title": title},
        )
    elif isinstance(start, datetime) and end is None and "DURATION" not in event:
        yield Problem(
            line,
            "DTEND",
            _("is missing: “%(title)s” has no end. Add one, or remove the event.")
            % {"title": title},
        )
    elif end is not None and _order(end) <= _order(start):
        yield Problem(
            line,
            "DTEND",
            _("“%(title)s” ends before it starts. Correct its times.") % {"title": title},
        )
    elif "RRULE" in event and start.year < (since - LONGEST_SERIES).year:
        text = _("“%(title)s” has repeated since %(year)s. Start it with this term.") % {
            "title": title,
            "year": start.year,
        }
        yield Problem(line, "DTSTART", text)


def _order(at: date | datetime) -> float:
    """A number to compare times, dates and times without a zone, which Python does not compare."""
    moment = at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _left_out(event: Any) -> bool:
    whole_day = not isinstance(event["DTSTART"].dt, datetime)
    return whole_day or str(event.get("STATUS", "")).upper() == "CANCELLED"


def _occurrences(
    calendar: Any, lines: dict[str, int], since: datetime, until: datetime
) -> Iterator[Occurrence]:
    try:
        dates = recurring_ical_events.of(calendar).between(since, until)
    except (ValueError, TypeError, OverflowError) as error:
        raise refuse(
            _("The dates in this calendar cannot be calculated: %(why)s. Export it again.")
            % {"why": error}
        ) from error
    if len(dates) > MOST_OCCURRENCES:
        raise refuse(
            _("There are more than %(most)s dates. Split the file into several.")
            % {"most": MOST_OCCURRENCES}
        )
    for event in sorted(dates, key=lambda event: str(event["DTSTART"].dt)):
        if isinstance(event["DTSTART"].dt, datetime):
            yield _occurrence(lines.get(str(event.get("UID")), 0), event)


def _occurrence(line: int, event: Any) -> Occurrence:
    categories = event.get("CATEGORIES")
    named = [str(name) for name in getattr(categories, "cats", [])]
    return Occurrence(
        line=line,
        title=_title(event),
        words=" ".join([_title(event), *named, str(event.get("DESCRIPTION", ""))]),
        organiser=str(event.get("ORGANIZER", "")).lower().removeprefix("mailto:"),
        starts_at=event["DTSTART"].dt,
        ends_at=event["DTEND"].dt,
        room=" ".join(str(event.get("LOCATION", "")).split()),
    )


def _title(event: Any) -> str:
    return " ".join(str(event.get("SUMMARY", "")).split())[:100] or _("(no title)")
