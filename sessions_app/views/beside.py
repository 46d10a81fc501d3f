"""The lists beside the main thing of a page: each has its own search, order and pages."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from attendance_project.days import in_every_form
from attendance_project.lists import Listing, Sorting, listing
from sessions_app import queries
from sessions_app.models import (
    AttendanceMark,
    ClosedDay,
    CodeShowing,
    Session,
    SessionEvent,
    StaffEvent,
)

_LATEST = Sorting("latest", gettext_lazy("Latest first"), descending=True)
_OLDEST = Sorting("oldest", gettext_lazy("Oldest first"), by=lambda row: row.at, opposite="latest")
_KIND = Sorting("kind", gettext_lazy("Kind"), by=lambda row: row.get_kind_display().casefold())
_BY = Sorting("by", gettext_lazy("By"), by=lambda row: _name(row.by).casefold())
_GUEST_SORTINGS = [
    Sorting("oldest", gettext_lazy("Oldest first")),
    Sorting("name", gettext_lazy("Name"), by=lambda row: row.guest.name.casefold() or None),
    Sorting("number", gettext_lazy("Number"), by=lambda row: row.guest.number or None),
]
_SHOWING_SORTINGS = [
    Sorting("oldest", gettext_lazy("Oldest first")),
    Sorting("name", gettext_lazy("Name"), by=lambda row: _name(row.by).casefold()),
]
_MARK_SORTINGS = [
    _LATEST,
    _OLDEST,
    Sorting("status", gettext_lazy("Status"), by=lambda mark: mark.get_status_display()),
    _BY,
]
_CLOSED_SORTINGS = [
    Sorting("day", gettext_lazy("Earliest first"), by=lambda row: row.first),
    Sorting("name", gettext_lazy("Name"), by=lambda row: row.name.casefold()),
]


def of_session(request: HttpRequest, session: Session) -> dict[str, Listing]:
    """``guests``, ``showings`` of the code to admins, and ``events``: what was done to it."""
    return {
        "guests": _beside(
            request, "guests", queries.guests_of(session), _guest_words, _GUEST_SORTINGS
        ),
        "showings": _beside(
            request, "showings", queries.showings_of(session), _showing_words, _SHOWING_SORTINGS
        ),
        "events": _beside(
            request,
            "events",
            session.events.select_related("by"),
            _event_words,
            [_LATEST, _OLDEST, _KIND, _BY],
        ),
    }


def history(request: HttpRequest, marks: Any) -> Listing:
    """The marks of one student at one session."""
    return _beside(request, "history", marks, _mark_words, _MARK_SORTINGS)


def staff_events(request: HttpRequest, events: Any) -> Listing:
    """What was done to the staff of a course."""
    sortings = [_LATEST, _OLDEST, _KIND, _BY]
    return _beside(request, "changes", events, _staff_event_words, sortings)


def closed_days(request: HttpRequest, days: list[ClosedDay]) -> Listing:
    """The closed days until a course's last session, in ranges."""
    ranges = queries.in_ranges(days)
    return _beside(request, "closed", ranges, _closed_words, _CLOSED_SORTINGS)


def _beside(
    request: HttpRequest, name: str, rows: Any, words: Any, sortings: list[Sorting]
) -> Listing:
    return listing(request, rows, words=words, sortings=sortings, name=name, apart=True)


def _name(person: Any) -> str:
    return person.full_name if person else ""


def _closed_words(found: queries.ClosedRange) -> str:
    days = " ".join(in_every_form(day.date) for day in found.days)
    return f"{days} {found.name}"


def _guest_words(row: queries.GuestRow) -> str:
    return f"{row.guest.name} {row.guest.number}"


def _showing_words(row: CodeShowing) -> str:
    return f"{row.by.full_name} {row.get_way_display()}"


def _event_words(event: SessionEvent) -> str:
    return f"{event.get_kind_display()} {event.reason} {_name(event.by)}"


def _mark_words(mark: AttendanceMark) -> str:
    words = f"{mark.get_status_display()} {mark.get_source_display()} {mark.reason}"
    return f"{words} {_name(mark.by)}"


def _staff_event_words(event: StaffEvent) -> str:
    people = " ".join(_name(each) for each in (event.person, event.former, event.by))
    return f"{people} {event.get_kind_display()} {event.get_role_display()}"
