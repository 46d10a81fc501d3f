"""Events of a calendar, and which of them belong together as one series."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sessions_app.domain.called_off import is_called_off
from sessions_app.domain.ical.lines import Component, Property
from sessions_app.domain.ical.recurrence import Rule, rule_of
from sessions_app.domain.ical.values import (
    At,
    Period,
    Unreadable,
    at_of,
    ats_of,
    duration_of,
    periods_of,
    plain_text,
    text_of,
    values_of,
)

LONGEST_TITLE = 10_000
"""Signs of a title that are looked at. Timetable systems write a few hundred."""
_LONGEST_WORDS = 5000
MOST_VERSIONS = 5
"""Versions of one event in one file. A term has more lectures than an event has versions."""
T = TypeVar("T")
_ANSWERS = ("REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH")
"""Methods of RFC 5546 by which one invited person answers. COUNTER proposes another time."""
_ADDRESS = re.compile(r"^mailto:", re.IGNORECASE)


@dataclass(frozen=True)
class Event:
    """One VEVENT. ``fault`` names the property that cannot be read, and is empty if all can."""

    line: int
    uid: str
    title: str
    categories: tuple[str, ...]
    description: str
    organiser: str
    room: str
    sequence: int
    modified: datetime | None
    """When it was changed last, in UTC, as far as the file says."""
    is_cancelled: bool
    is_whole: bool
    start: At | None = None
    end: At | None = None
    length: timedelta | None = None
    rules: tuple[Rule, ...] = ()
    not_rules: tuple[Rule, ...] = ()
    more: tuple[Period, ...] = ()
    excluded: tuple[At, ...] = ()
    instead_of: At | None = None
    """The start of the date of its series that this event replaces (RECURRENCE-ID)."""
    and_later: bool = False
    """Whether it replaces all later dates too (RANGE=THISANDFUTURE)."""
    fault: tuple[str, str] = ("", "")
    """The name and the value of what cannot be read."""

    @property
    def begin(self) -> At:
        """Its start. Raises ValueError for an event without one."""
        if self.start is None:
            raise ValueError("The event has no start.")
        return self.start

    @property
    def replaced(self) -> At:
        """The start of the date that it replaces. Raises ValueError where it replaces none."""
        if self.instead_of is None:
            raise ValueError("The event replaces no date.")
        return self.instead_of

    @property
    def lasts_days(self) -> bool:
        return self.start is not None and self.start.is_day


@dataclass
class Series:
    """An event with the events that replace single dates of it."""

    master: Event
    changes: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Copy:
    """An event that another one of the same calendar replaces, newer by its SEQUENCE or its
    LAST-MODIFIED."""

    event: Event
    by_line: int
    is_by_date: bool = False
    """Whether it is the older one by its LAST-MODIFIED."""


def events_of(calendar: Component) -> Iterator[Event]:
    """Its events in their order. Under METHOD:CANCEL each of them is cancelled. An answer to an
    invitation has none."""
    if is_answer(calendar):
        return
    cancels = calendar.value("METHOD").strip().upper() == "CANCEL"
    for component in calendar.children:
        if component.name == "VEVENT":
            event = _event(component)
            yield replace(event, is_cancelled=True) if cancels else event


def is_answer(calendar: Component) -> bool:
    """Whether it is no calendar, but what somebody answers or proposes to an invitation."""
    return calendar.value("METHOD").strip().upper() in _ANSWERS


def title_of(component: Component) -> str:
    return text_of(component.value("SUMMARY"))[:LONGEST_TITLE]


def _event(component: Component) -> Event:
    event = Event(
        line=component.line,
        uid=component.value("UID").strip(),
        title=title_of(component),
        categories=tuple(c for one in component.all("CATEGORIES") for c in values_of(one))[:50],
        description=text_of(component.value("DESCRIPTION")[:_LONGEST_WORDS]),
        organiser=_ADDRESS.sub("", component.value("ORGANIZER").strip()).casefold(),
        room=text_of(component.value("LOCATION")[:_LONGEST_WORDS]),
        sequence=_sequence(component.value("SEQUENCE")),
        modified=_modified(component),
        is_cancelled=_is_cancelled(component),
        is_whole=component.is_whole,
    )
    return _with_times(event, component)


def _is_cancelled(component: Component) -> bool:
    status = component.value("STATUS").strip().upper()
    if status in ("CANCELLED", "CANCELED") or is_called_off(title_of(component)):
        return True
    categories = (text for one in component.all("CATEGORIES") for text in values_of(one))
    return any(is_called_off(text) for text in categories)


def _with_times(event: Event, component: Component) -> Event:
    """The event with its times, or with the first fault in them."""
    try:
        instead_of = component.first("RECURRENCE-ID")
        event = replace(
            event,
            instead_of=_read(instead_of, at_of) if instead_of else None,
            and_later=bool(instead_of) and _is_and_later(instead_of),
        )
        start, end, length = (component.first(n) for n in ("DTSTART", "DTEND", "DURATION"))
        event = replace(
            event,
            start=_read(start, at_of) if start else event.instead_of,
            end=_read(end, at_of) if end else None,
            length=_read(length, lambda one: duration_of(one.value)) if length else None,
        )
        if instead_of:
            return event  # one date does not repeat
        return replace(
            event,
            rules=tuple(_read(one, _rule) for one in _filled(component, "RRULE")),
            not_rules=tuple(_read(one, _rule) for one in _filled(component, "EXRULE")),
            more=tuple(p for one in component.all("RDATE") for p in _read(one, periods_of)),
            excluded=tuple(a for one in component.all("EXDATE") for a in _read(one, ats_of)),
        )
    except _Fault as fault:
        found = fault.found
        return replace(event, fault=(found.name, plain_text(found.value)[:80]))


def _filled(component: Component, name: str) -> list[Property]:
    """The properties of this name that say something. Some programs write an empty RRULE."""
    return [one for one in component.all(name) if one.value.strip()]


class _Fault(Exception):
    def __init__(self, found: Property) -> None:
        super().__init__(found.name)
        self.found = found


def _read(found: Property, read: Callable[[Property], T]) -> T:
    try:
        return read(found)
    except (Unreadable, OverflowError) as error:
        raise _Fault(found) from error


def _rule(found: Property) -> Rule:
    return rule_of(found.value)


def _is_and_later(found: Property | None) -> bool:
    return found is not None and found.params.get("RANGE", "").upper() == "THISANDFUTURE"


def _sequence(text: str) -> int:
    return int(text) if re.fullmatch(r"\s*\d{1,9}\s*", text) else 0


def _modified(component: Component) -> datetime | None:
    """The moment of LAST-MODIFIED, which is in UTC, or None where there is none to be read."""
    found = component.first("LAST-MODIFIED")
    try:
        return at_of(found).wall if found else None
    except (Unreadable, OverflowError):
        return None


def series_of(events: Iterable[Event]) -> tuple[list[Series], list[Copy]]:
    """The events as series, and those that newer ones replace.

    Events with one UID are one: those with a RECURRENCE-ID change single dates. Some programs give
    several events one UID. They stay events of their own unless their SEQUENCE or their
    LAST-MODIFIED tells an older one.
    """
    found: list[Series] = []
    copies: list[Copy] = []
    for group in _groups(list(events)):
        masters = [one for one in group if one.instead_of is None]
        changes = [one for one in group if one.instead_of is not None]
        newest = _newest(masters, copies)
        found += [Series(one) for one in newest]
        changes = _newest_of_each(changes, copies)
        if newest:
            found[-len(newest)].changes = [_completed(one, newest[0]) for one in changes]
        else:
            found += [Series(one) for one in changes]
    return sorted(found, key=lambda one: one.master.line), copies


def _groups(events: list[Event]) -> list[list[Event]]:
    """The events that have one UID. Where there is none, a change belongs to the series that has
    its title, if one alone has it."""
    titles = Counter(one.title for one in events if not one.uid and one.rules)
    groups: dict[object, list[Event]] = {}
    for event in events:
        is_of_title = bool(event.rules) or event.instead_of is not None
        if not event.uid and is_of_title and titles[event.title] == 1:
            key: object = (event.title,)
        else:
            key = event.uid or event.line
        groups.setdefault(key, []).append(event)
    return list(groups.values())


def _newest(events: list[Event], copies: list[Copy]) -> list[Event]:
    most = max((event.sequence for event in events), default=0)
    newest = [event for event in events if event.sequence == most]
    copies += [Copy(event, newest[0].line) for event in events if event.sequence < most]
    return _last_said(_changed_last(newest, copies), copies)


def _changed_last(events: list[Event], copies: list[Copy]) -> list[Event]:
    """The event that was changed last, where all of them were changed at different times.

    Many events with one UID are no versions of one, but a program's that does not tell them apart.
    """
    times = {event.modified for event in events} - {None}
    if not 1 < len(events) <= MOST_VERSIONS or len(times) < len(events):
        return events
    newest = max(events, key=lambda event: event.modified or datetime.min)  # noqa: DTZ901
    copies += [Copy(one, newest.line, is_by_date=True) for one in events if one is not newest]
    return [newest]


def _last_said(events: list[Event], copies: list[Copy]) -> list[Event]:
    """The events, where the last in the file counts if one cancels what another one plans."""
    same: dict[object, list[Event]] = {}
    for event in events:
        same.setdefault(event.start, []).append(event)
    for group in same.values():
        if len({event.is_cancelled for event in group}) > 1:
            copies += [Copy(event, group[-1].line) for event in group[:-1]]
            group[:-1] = []
    return sorted((one for group in same.values() for one in group), key=lambda one: one.line)


def _newest_of_each(changes: list[Event], copies: list[Copy]) -> list[Event]:
    """The newest of each date's changes, and of equally new ones the last in the file."""
    last: dict[object, Event] = {}
    for event in changes:
        key = (event.instead_of, event.and_later)
        old = last.get(key)
        if old is not None and _is_older(event, old):
            copies.append(Copy(event, old.line))
            continue
        if old is not None:
            copies.append(Copy(old, event.line))
        last[key] = event
    return list(last.values())


def _is_older(one: Event, other: Event) -> bool:
    if one.sequence != other.sequence or one.modified is None or other.modified is None:
        return one.sequence < other.sequence
    return one.modified < other.modified


def _completed(change: Event, master: Event) -> Event:
    """What a change of one date says nothing of is as in its series."""
    values: dict[str, object] = {}
    if not change.title:
        values |= {"title": master.title, "categories": change.categories or master.categories}
    if not change.room:
        values["room"] = master.room
    if change.end is None and change.length is None and not change.lasts_days:
        values |= {"length": _length(master)}
    return replace(change, **values)  # type: ignore[arg-type]


def _length(event: Event) -> timedelta | None:
    if event.length is not None or event.start is None or event.end is None:
        return event.length
    return event.end.wall - event.start.wall
