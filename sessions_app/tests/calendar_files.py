"""Calendars as schools have them, and what importing them does."""

from datetime import UTC, datetime

from sessions_app import imports
from sessions_app.models import Course, Session

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)


def lecture(
    title: str = "OS CSE-A lecture",
    start: str = "20261201T090000",
    end: str = "20261201T103000",
    *more: str,
    zone: str = ";TZID=Europe/Paris",
    uid: str = "1",
) -> str:
    """An event, with further lines."""
    lines = [f"UID:{uid}", f"SUMMARY:{title}", f"DTSTART{zone}:{start}"]
    lines += [f"DTEND{zone}:{end}"] if end else []
    return "\r\n".join(["BEGIN:VEVENT", *lines, *more, "END:VEVENT"])


def calendar(*parts: str, head: str = "") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//case//EN", *([head] if head else [])]
    return "\r\n".join([*lines, *parts, "END:VCALENDAR", ""]).encode()


def plan(data: bytes, **options) -> imports.Plan:
    given = {"courses": Course.objects.all(), "by": None, "now": NOW, "file_name": "term.ics"}
    return imports.plan_timetable(data, **given | options)


def run(data: bytes, **options) -> imports.Plan:
    made = plan(data, **options)
    imports.apply(made)
    return made


def planned(course: Course | None = None) -> list[str]:
    """Day, time on the course's clock, and room of each session that takes place."""
    rows = Session.objects.filter(state="planned").order_by("starts_at", "course_id")
    rows = rows.filter(course=course) if course else rows
    return [f"{s.local_start:%m-%d %H:%M}–{s.local_end:%H:%M} {s.room}".strip() for s in rows]


def told(made: imports.Plan) -> list[str]:
    """The events that make no session, in words, in the order of the file."""
    return [str(unused) for unused in sorted(made.unused, key=lambda one: one.line)]
