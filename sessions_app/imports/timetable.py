"""Plans sessions from a calendar and the planned ones (docs/imports.md)."""

from collections.abc import Iterable
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
from sessions_app.models import Course, ImportKind

LOOK_AHEAD = timedelta(days=366)


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

    events = CalendarEvents(matching, now=now, until=now + LOOK_AHEAD)
    answer: Answer = read_apart(
        reckon, data, now, events.until, events.until + LOOK_AHEAD, ask=events.choose
    )
    events.read(answer)
    calendar, plan = events.calendar, events.plan
    origin = without_secret(source or calendar.name)
    file_name = without_secret(source or file_name)
    source = without_secret(source or source_of(calendar.name, file_name))
    plan.record = record_of(
        ImportKind.TIMETABLE,
        data,
        file_name=file_name,
        source=source,
        by=by,
        now=now,
    )
    settle(
        plan,
        events.asked,
        notes=notes_of(calendar, events.told, until=events.until),
        origin=origin,
        source=source,
        choices=choices,
        by=by,
        now=now,
        drop_missing=drop_missing and not calendar.is_cut_off,
    )
    plan.holds_nothing = not calendar.series and not plan.unused
    return plan


def settle(
    plan: Plan,
    asked: Asked,
    *,
    notes: Iterable[str],
    origin: str,
    source: str,
    choices: Choices,
    by: User | None,
    now: datetime,
    drop_missing: bool,
) -> None:
    """Add to the plan what turns the sessions that there are into the ones that are asked for, with
    what a person has to know of them. ``choices`` are remembered for ``source`` once it is applied.
    """
    until = now + LOOK_AHEAD
    compare(plan, asked, origin=origin, by=by, now=now, until=until, drop_missing=drop_missing)
    plan.notes += [*notes, *closed_days_in(plan, asked)]
    plan.overlaps = lambda: overlaps_in(plan, asked)
    if choices.titles or choices.parts:
        plan.afterwards.append(lambda: remember(source, choices, by=by, now=now))
