"""The words by which an import tells why an event or a date of a calendar makes no session."""

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, datetime

from django.utils.translation import gettext as _

from attendance_project.days import when
from sessions_app.domain.ical.dates import Date, Why
from sessions_app.domain.ical.events import Event
from sessions_app.imports.calendars import ANSWER
from sessions_app.imports.reckoning import Trouble
from sessions_app.models import Course


def fault_of(event: Event) -> str:
    """Why the event cannot be read, or empty."""
    if not event.is_whole:
        return _("is cut off: its end is missing. Export the calendar again.")
    name, value = event.fault
    if name in ("RRULE", "EXRULE"):
        told = _("repeats in a way that is not supported: %(rule)s. Repeat it by days or weeks.")
        return told % {"rule": value}
    if name:
        told = _("cannot be read: %(name)s is “%(value)s”. Correct the event.")
        return told % {"name": name, "value": value}
    if event.start is None:
        return _("has no start. Add one.")
    return ""


def day_of(date: Date, course: Course) -> str:
    """The date on the course's own clock."""
    how = "long day" if date.event.lasts_days else "long day and time"
    return when(local(date.starts_at, course), how)


def local(moment: datetime, course: Course) -> datetime:
    """The moment on the course's own clock, or in UTC where it is too far away for any zone: in the
    first and the last year that Python knows."""
    is_possible = MINYEAR < moment.year < MAXYEAR
    return moment.astimezone(course.zone) if is_possible else moment


def days_of(dates: Sequence[Date], course: Course) -> str:
    told = _("%(n)d dates from %(first)s to %(last)s")
    first, last = day_of(dates[0], course), day_of(dates[-1], course)
    return told % {"n": len(dates), "first": first, "last": last}


def past() -> str:
    return _("is past.")


def begun() -> str:
    return _("has begun already.")


def far() -> str:
    return _("is more than a year ahead. Import it again later.")


def cancelled() -> str:
    return _("is cancelled in the timetable.")


WHY = {
    Why.CANCELLED: cancelled,
    Why.EXCLUDED: lambda: _("is left out of its series."),
    Why.WHOLE_DAY: lambda: _(
        "lasts the whole day. Plan it on the course's page if it takes place."
    ),
    Why.NO_END: lambda: _("has no end. Add one."),
    Why.NO_LENGTH: lambda: _("ends when it starts. Correct its end."),
    Why.ENDS_BEFORE: lambda: _("ends before it starts. Correct its times."),
    Why.TOO_LONG: lambda: _("lasts more than 24 hours."),
}
TROUBLES = {
    Trouble.TOO_MUCH: lambda: _(
        "repeats too often to be reckoned. Correct its rule or split the calendar."
    ),
    Trouble.UNREADABLE: lambda: _("has dates that cannot be reckoned. Correct its times."),
}
NO_EVENTS = {
    "VTODO": lambda: _("is a task, not an event."),
    "VJOURNAL": lambda: _("is a note, not an event."),
    ANSWER: lambda: _("is somebody's answer to an invitation, and no date of a calendar."),
    "VFREEBUSY": lambda: _("says when somebody is busy, and is no event."),
}
