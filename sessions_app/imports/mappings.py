"""Keeps what titles of a calendar mean, so that the same calendar is not asked about again."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from django.db import IntegrityError

from accounts.models import Role, User
from attendance_project.inserting import one_write
from sessions_app.imports.matching import Meanings, text_key
from sessions_app.models import CalendarMapping, Course
from sessions_app.models.calendars import SOURCE_LENGTH

_COPY = re.compile(r"\s*(\(\d+\)|-\d{1,2})(?=\.\w+$|$)")
"""What browsers add to the name of a file that is downloaded once more: calendar (1).ics."""


class Chosen(Protocol):
    @property
    def titles(self) -> Mapping[str, Course | None]: ...
    @property
    def parts(self) -> Mapping[str, Course | None]: ...


def source_of(calendar_name: str, file_name: str) -> str:
    """The name by which a calendar is known the next time: its own, or its file's."""
    return (calendar_name or _COPY.sub("", file_name))[:SOURCE_LENGTH]


def remembered(
    source: str, courses: Sequence[Course], *, by: User | None, choices: Chosen
) -> Meanings:
    """The meanings that were kept for this calendar, with the choices of now before them.

    Only ``courses`` are meant by any, so that nobody plans for another one's course.
    """
    titles: dict[str, Course | None] = {}
    parts: dict[str, Course | None] = {}
    own = {course.pk: course for course in courses}
    for row in _rows(source, by):
        if row.course_id is None or row.course_id in own:
            kept = parts if row.is_part else titles
            kept[row.text] = own[row.course_id] if row.course_id else None
    titles |= {text_key(text): course for text, course in choices.titles.items()}
    parts |= {text_key(text): course for text, course in choices.parts.items()}
    return Meanings(titles, parts)


def _rows(source: str, by: User | None) -> list[CalendarMapping]:
    """Rows of the importer and of commands, the stronger ones last."""
    rows = list(
        CalendarMapping.objects.filter(source=source).select_related("by").order_by("at", "pk")
    )
    own = str(by.pk) if by else ""
    if by is None:  # the command may use what admins chose on the page
        rows = [r for r in rows if not r.owner or (r.by and r.by.role == Role.ADMIN)]
    else:
        rows = [row for row in rows if row.owner in ("", own)]
    return sorted(rows, key=lambda row: row.owner == own)


def remember(source: str, choices: Chosen, *, by: User | None, now: datetime) -> None:
    """Keep the choices for the next import of this calendar."""
    for is_part, chosen in ((False, choices.titles), (True, choices.parts)):
        for text, course in chosen.items():
            if key := text_key(text):
                _keep(source, key, course, is_part=is_part, by=by, now=now)


def _keep(
    source: str, text: str, course: Course | None, *, is_part: bool, by: User | None, now: datetime
) -> None:
    owner = str(by.pk) if by else ""
    values = {"course_id": course.pk if course else None, "is_part": is_part, "at": now}
    rows = CalendarMapping.objects.filter(owner=owner, source=source, text=text)
    if rows.update(**values):
        return
    try:
        with one_write():
            CalendarMapping.objects.create(owner=owner, source=source, text=text, by=by, **values)
    except IntegrityError:  # another request has just kept it
        rows.update(**values)
