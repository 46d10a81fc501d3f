"""Plans sessions from a calendar and the planned ones (docs/imports.md)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import User
from attendance_project.tables.apart import read_apart
from sessions_app.domain.web_addresses import without_secret
from sessions_app.imports.calendar_events import CalendarEvents
from sessions_app.imports.calendar_notes import notes_of
from sessions_app.imports.calendars import Calendar
from sessions_app.imports.choices import NO_CHOICES, Choices
from sessions_app.imports.comparing import compare
from sessions_app.imports.courses import RELATED
from sessions_app.imports.mappings import remember, remembered, source_of
from sessions_app.imports.matching import Matching
from sessions_app.imports.meeting_others import closed_days_in, overlaps_in
from sessions_app.imports.plans import Plan
from sessions_app.imports.reckoning import Answer, reckon
from sessions_app.imports.records import record_of
from sessions_app.imports.wanted import Asked
from sessions_app.models import Course, ImportKind, ImportRecord

LOOK_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Terms:
    """The terms of an import of sessions: who imports and when, and what is done besides planning.

    ``origin`` tells the sessions of the file from those of other files. ``choices`` are remembered
    for ``source``, the name of the file or its system, once the import is applied.
    """

    by: User | None
    now: datetime
    origin: str
    source: str
    choices: Choices = NO_CHOICES
    drop_missing: bool = False


def plan_timetable(
    data: bytes,
    *,
    courses: QuerySet[Course],
    course: Course | None = None,
    by: User | None,
    now: datetime,
    file_name: str = "",
    source: str = "",
    choices: Choices = NO_CHOICES,
    drop_missing: bool = False,
) -> Plan:
    """What importing the calendar would do, with nothing written. Raises ImportRefused.

    ``courses`` are those for which the importer may plan. All events are ``course``'s, if it is
    given. Only what is still to come within LOOK_AHEAD is planned. ``source`` is by what the
    calendar is known the next time, when ``choices`` are remembered: its own name or the file's
    unless given.
    """
    known = list(courses.filter(is_active=True).select_related(*RELATED))

    def matching(calendar: Calendar) -> Matching:
        by_this = without_secret(source or source_of(calendar.name, file_name))
        return Matching(known, course, remembered(by_this, known, by=by, choices=choices))

    events = _read(data, matching, now)
    calendar, plan = events.calendar, events.plan
    terms = Terms(
        by=by,
        now=now,
        origin=without_secret(source or calendar.name),
        source=without_secret(source or source_of(calendar.name, file_name)),
        choices=choices,
        drop_missing=drop_missing and not calendar.is_cut_off,
    )
    plan.record = _record(data, without_secret(source or file_name), terms)
    settle(plan, events.asked, terms, notes_of(calendar, events.told, until=events.until))
    plan.holds_nothing = not calendar.series and not plan.unused
    return plan


def _read(data: bytes, matching: Callable[[Calendar], Matching], now: datetime) -> CalendarEvents:
    """What the calendar asks for. Raises ImportRefused."""
    events = CalendarEvents(matching, now=now, until=now + LOOK_AHEAD)
    answer: Answer = read_apart(
        reckon, data, now, events.until, events.until + LOOK_AHEAD, ask=events.choose
    )
    events.read(answer)
    return events


def _record(data: bytes, file_name: str, terms: Terms) -> ImportRecord:
    about = {"file_name": file_name, "source": terms.source}
    return record_of(ImportKind.TIMETABLE, data, **about, by=terms.by, now=terms.now)


def settle(plan: Plan, asked: Asked, terms: Terms, notes: Iterable[str]) -> None:
    """Add to the plan what turns the sessions that there are into the ones that are asked for, with
    what a person has to know of them."""
    compare(
        plan,
        asked,
        origin=terms.origin,
        by=terms.by,
        now=terms.now,
        until=terms.now + LOOK_AHEAD,
        drop_missing=terms.drop_missing,
    )
    plan.notes += [*notes, *closed_days_in(plan, asked)]
    plan.overlaps = lambda: overlaps_in(plan, asked)
    choices = terms.choices
    if choices.titles or choices.parts:
        plan.afterwards.append(lambda: remember(terms.source, choices, by=terms.by, now=terms.now))
