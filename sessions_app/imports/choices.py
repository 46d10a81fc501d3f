"""What an importer says of texts whose course is not sure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet

from sessions_app.imports.courses import RELATED
from sessions_app.models import Course

LEFT_OUT = "none"
"""The value of a choice that leaves out what has this text."""


@dataclass(frozen=True)
class Choices:
    """What the importer says now about titles. None leaves the events of a title out.

    ``titles`` are whole titles, ``parts`` are words that may stand among others.
    """

    titles: Mapping[str, Course | None] = field(default_factory=dict)
    parts: Mapping[str, Course | None] = field(default_factory=dict)


NO_CHOICES = Choices()


class NoSuchCourse(Exception):
    """A choice is no course for which the person may plan."""


def choices_of(chosen: Mapping[str, str], courses: QuerySet[Course]) -> Choices:
    """The courses that were chosen for titles, by their ids, or LEFT_OUT. Raises NoSuchCourse for
    one that is not an active one of ``courses``."""
    try:
        ids = [UUID(value) for value in chosen.values() if value != LEFT_OUT]
    except ValueError as error:
        raise NoSuchCourse from error
    rows = courses.filter(is_active=True, pk__in=ids).select_related(*RELATED)
    found = {str(course.pk): course for course in rows}
    if not all(value == LEFT_OUT or value in found for value in chosen.values()):
        raise NoSuchCourse
    return Choices(titles={title: found.get(value) for title, value in chosen.items()})
