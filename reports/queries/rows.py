"""What the rows of several reports have in common, and how a row is read off a model.

A row is a frozen class with what a report says of one thing. Its fields have types, from which
the API's serializers (`reports.api.serializers`) make theirs.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints
from uuid import UUID

from django.db.models import Model

from reports.queries.sessions import local_day
from sessions_app.models import Course, Session, SessionState

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RowT = TypeVar("RowT", bound="DataclassInstance")


@dataclass(frozen=True, kw_only=True)
class CourseNames:
    """The course that a row is about, with names for a list."""

    course_id: UUID
    subject: str
    class_group: str

    @classmethod
    def of(cls, course: Course) -> "CourseNames":
        """Read the names off a course, which should have its subject and class group loaded."""
        return cls(
            course_id=course.pk, subject=course.subject.name, class_group=course.class_group.code
        )


@dataclass(frozen=True, kw_only=True)
class SessionSummary:
    """A session as a list shows it. ``local_date`` is its day ``YYYY-MM-DD`` in its time zone."""

    course: CourseNames
    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    local_date: str
    room: str
    state: SessionState

    @classmethod
    def of(cls, session: Session, course: Course) -> "SessionSummary":
        return cls(
            course=CourseNames.of(course),
            session_id=session.pk,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            time_zone=session.time_zone,
            local_date=local_day(session.starts_at, session.time_zone),
            room=session.room,
            state=SessionState(session.state),
        )


def read_off(model: Model, kind: type[RowT], /, **more: Any) -> RowT:
    """Make a row of a kind whose fields have the names of the model's fields.

    ``more`` has the values of fields that the model does not have by that name.
    """
    values = {name: make(getattr(model, name)) for name, make in _makers(kind) if name not in more}
    return kind(**values, **more)


@cache
def _makers(kind: type) -> list[tuple[str, Callable[[Any], Any]]]:
    """The name of each field, and what makes the row's value of the model's.

    A model keeps a choice as plain text, and the row has the member of its class.
    """
    types = get_type_hints(kind)
    return [(field.name, _maker(types[field.name])) for field in fields(kind)]


def _maker(annotation: Any) -> Callable[[Any], Any]:
    is_choice = isinstance(annotation, type) and issubclass(annotation, Enum)
    return annotation if is_choice else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
