"""Reads a calendar file into series of events. Only a file that is no calendar is refused."""

from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from attendance_project.tables import MOST_BYTES, refuse
from sessions_app.domain.ical.events import (
    Copy,
    Event,
    Series,
    events_of,
    is_answer,
    series_of,
    title_of,
)
from sessions_app.domain.ical.lines import LISTS_OF_DATES, Component, Read, read_components
from sessions_app.domain.ical.recurrence import Budget
from sessions_app.domain.ical.values import text_of
from sessions_app.domain.ical.zones import Zones
from sessions_app.imports.packed_calendars import unpacked

MOST_EVENTS = 20_000
MOST_LINES = 250_000
"""Lines as they stand in the file, folded ones counted one by one: a file of MOST_BYTES whose lines
have 20 characters."""
MOST_MOMENTS = 20_000
"""Single dates that the series of one file add (RDATE) or leave out (EXDATE)."""
MOST_DAYS = 1_000_000
"""Days that are walked for the rules of one file, which takes a few seconds at most. A weekly
lecture over two years takes 730."""
ANSWER = "ANSWER"
"""The kind of an event in somebody's answer to an invitation."""
_NO_EVENTS = ("VTODO", "VJOURNAL", "VFREEBUSY")


@dataclass(frozen=True)
class NoEvent:
    """A task, a note or a span of time that is busy: calendars hold these beside events."""

    line: int
    title: str
    kind: str


@dataclass(frozen=True)
class Calendar:
    name: str
    """What the calendar calls itself, or empty."""
    series: list[Series]
    copies: list[Copy]
    no_events: list[NoEvent]
    zones: Zones
    budget: Budget
    is_cut_off: bool
    odd_lines: list[int]
    """Numbers of the lines that are not UTF-8 text."""


def events_in(series: Series) -> list[Event]:
    return [series.master, *series.changes]


class Named(Protocol):
    @property
    def title(self) -> str: ...


def shown(event: Named) -> str:
    """The event's title as people see it."""
    return short(event.title)


def short(title: str) -> str:
    if not title:
        return _("(no title)")
    return title if len(title) <= 200 else title[:199] + "…"


def read_calendar(data: bytes) -> Calendar:
    """The calendar in these bytes. Raises ImportRefused."""
    if len(data) > MOST_BYTES:
        raise refuse(
            _("The file is larger than %(mb)s MB. Split it into several.")
            % {"mb": MOST_BYTES // 2**20}
        )
    data = unpacked(data)
    if data.count(b"\n") + data.count(b"\r") > 2 * MOST_LINES:
        raise refuse(
            _("There are more than %(most)s lines. Split the file into several.")
            % {"most": MOST_LINES}
        )
    read = read_components(data)
    _check(read)
    budget = Budget(MOST_DAYS)
    events = [event for calendar in read.calendars for event in events_of(calendar)]
    series, copies = series_of(events)
    return Calendar(
        name=_name(read.calendars[0]),
        series=series,
        copies=copies,
        no_events=[found for one in read.calendars for found in _no_events(one)],
        zones=Zones(read.calendars, budget),
        budget=budget,
        is_cut_off=not all(calendar.is_whole for calendar in read.calendars),
        odd_lines=read.odd_lines,
    )


def _check(read: Read) -> None:
    if not read.calendars:
        raise refuse(_("This is not a calendar file (.ics). Export the calendar again as .ics."))
    parts = [part for one in read.calendars for part in one.children]
    if sum(part.name == "VEVENT" for part in parts) > MOST_EVENTS:
        raise refuse(
            _("There are more than %(most)s events. Split the file into several.")
            % {"most": MOST_EVENTS}
        )
    if sum(map(_moments_in, read.calendars)) > MOST_MOMENTS:
        raise refuse(
            _(
                "Series of this calendar add or leave out more than %(most)s single dates. Split "
                "the file into several."
            )
            % {"most": MOST_MOMENTS}
        )
    if not any(one.is_whole or one.properties or one.children for one in read.calendars):
        raise refuse(_("This calendar file is damaged: it holds nothing. Export it again."))


def _moments_in(component: Component) -> int:
    """How many single dates stand in the component and in all inside of it, at most."""
    listed = [one.value for one in component.properties if one.name in LISTS_OF_DATES]
    own = sum(1 + value.count(",") + value.count(";") for value in listed)
    return own + sum(map(_moments_in, component.children))


def _name(calendar: Component) -> str:
    """The id that a program wrote, or the name that people gave the calendar, or nothing."""
    for name in ("X-WR-RELCALID", "X-WR-CALNAME", "NAME"):
        if found := text_of(calendar.value(name)):
            return found[:200]
    return ""


def _no_events(calendar: Component) -> list[NoEvent]:
    parts = [one for one in calendar.children if one.name in _NO_EVENTS]
    found = [NoEvent(one.line, short(title_of(one)), one.name) for one in parts]
    if is_answer(calendar):
        answers = [one for one in calendar.children if one.name == "VEVENT"]
        found += [NoEvent(one.line, short(title_of(one)), ANSWER) for one in answers]
    return found
