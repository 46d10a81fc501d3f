"""Notes on which days the institution is closed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.utils.translation import gettext as _

from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal
from sessions_app import queries
from sessions_app.domain.series import Meeting
from sessions_app.models import ClosedDay
from sessions_app.services import plan_notes, teaching


@dataclass(frozen=True)
class Day:
    """A day of a calendar of holidays."""

    date: date
    name: str


def close_day(day: date, *, name: str, source: str = "") -> ClosedDay:
    """Note a closed day. Raises already_exists where the day is closed already."""
    return teaching.add(ClosedDay(date=day, name=name, source=source))


def close_days(days: Iterable[Day], *, source: str) -> list[ClosedDay]:
    """Note the days of a calendar. Those that are closed already stay as they are. Returns the new
    ones, so that repeating is harmless."""
    return [row for day in days if (row := _closed_now(day, source))]


def open_days(days: Iterable[ClosedDay]) -> int:
    """Take closed days back. Returns how many there still were. Repeating is harmless."""
    rows = ClosedDay.objects.filter(pk__in=[day.pk for day in days])
    return rows.delete()[0]


def split_closed(
    meetings: Collection[Meeting], zone: ZoneInfo
) -> tuple[list[Meeting], list[ClosedDay]]:
    """The meetings that can take place, and the closed days that the others fall on."""
    closed = queries.closed_on(_day(meeting, zone) for meeting in meetings)
    kept = [meeting for meeting in meetings if _day(meeting, zone) not in closed]
    return kept, [closed[day] for day in sorted(closed)]


def refuse_closed(days: Iterable[ClosedDay], *, field: str) -> None:
    """Raises closed_day where there are any."""
    told = plan_notes.closed_in_words(days)
    names = [_("The institution is closed on this day (%(day)s).") % {"day": day} for day in told]
    if names:
        raise Refusal(
            "closed_day",
            _("The institution is closed on this day. Choose another day."),
            Kind.CONFLICT,
            fields={field: names},
        )


def _day(meeting: Meeting, zone: ZoneInfo) -> date:
    return meeting.starts_at.astimezone(zone).date()


def _closed_now(day: Day, source: str) -> ClosedDay | None:
    if ClosedDay.objects.filter(date=day.date).exists():
        return None
    try:
        with one_write():
            return ClosedDay.objects.create(date=day.date, name=day.name, source=source)
    except IntegrityError:  # somebody else has just noted it
        return None
