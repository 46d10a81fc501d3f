"""Names what an import changed. A record keeps ids of people, so their names are those of today."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import Role, User
from sessions_app.imports.known import fetch
from sessions_app.imports.plans import Action, RowKind
from sessions_app.imports.wanted import session_name
from sessions_app.models import (
    ClassGroup,
    Course,
    CourseStaff,
    Enrolment,
    Excuse,
    ImportKind,
    ImportRecord,
    Session,
    Subject,
)

Kept = Mapping[str, Any]
"""A change as the record keeps it (`records.change_of`)."""
_OF_COURSE = ("course__subject", "course__class_group")
_ROWS: dict[RowKind, tuple[type[models.Model], tuple[str, ...]]] = {
    RowKind.SUBJECT: (Subject, ()),
    RowKind.CLASS_GROUP: (ClassGroup, ()),
    RowKind.TEACHER: (User, ()),
    RowKind.STUDENT: (User, ()),
    RowKind.COURSE: (Course, ("subject", "class_group")),
    RowKind.STAFF: (CourseStaff, ("person", *_OF_COURSE)),
    RowKind.ENROLMENT: (Enrolment, ("student", *_OF_COURSE)),
    RowKind.SESSION: (Session, _OF_COURSE),
    RowKind.MARK: (Session, _OF_COURSE),
    RowKind.EXCUSE: (Excuse, ("student", *_OF_COURSE)),
}
"""The model of each kind of row, and what is fetched together with it."""


@dataclass(frozen=True)
class NamedChange:
    """A change of an import with the name of its row, or nothing where that is not to be told."""

    kept: Kept
    name: str
    is_deleted: bool
    """Whether the row, or the person whose mark it was, was deleted since."""

    @property
    def action(self) -> Action:
        return Action(self.kept["action"])

    @property
    def kind(self) -> RowKind:
        return RowKind(self.kept["kind"])

    @property
    def detail(self) -> str:
        return str(self.kept.get("detail", ""))

    def __str__(self) -> str:
        told = " ".join(filter(None, (str(self.kind.label), self.name)))
        return f"{told} ({self.detail})" if self.detail else told

    @property
    def words(self) -> str:
        """All that the change is found by."""
        return f"{self.action.label} {self}"


def named(record: ImportRecord, changes: Sequence[Kept], *, to: User | None) -> list[NamedChange]:
    """These changes of the record with their names, as ``to`` may read them. None is a command.

    What the record keeps a name of is called by that. Other names of an import of people are read
    by admins only, and those of marked students by whoever runs the session.
    """
    rows = _Rows(changes, to)
    return [
        NamedChange(one, one.get("name", "") or _name(record, one, rows, to), rows.is_deleted(one))
        for one in changes
    ]


def unnamed(changes: Sequence[Kept]) -> list[NamedChange]:
    """These changes before anything is asked of the database, to be counted and sorted."""
    return [NamedChange(one, "", is_deleted=False) for one in changes]


def _name(record: ImportRecord, change: Kept, rows: "_Rows", to: User | None) -> str:
    is_of_people = record.kind == ImportKind.ENROLMENTS
    if is_of_people and to is not None and to.role != Role.ADMIN:
        return ""
    row = rows.row(change)
    return _mark_name(row, rows.student(change)) if isinstance(row, Session) else _row_name(row)


class _Rows:
    """The rows of some changes as far as they are still there, by kind and id."""

    def __init__(self, changes: Sequence[Kept], to: User | None) -> None:
        self.there = {kind: _by_id(*_ROWS[kind], _ids(changes, kind)) for kind in RowKind}
        students = {str(one["student"]) for one in changes if one.get("student")}
        self.students = _by_id(User, (), students)
        marked = self.there[RowKind.MARK]
        run = Session.objects.run_by(to) if to else Session.objects.all()
        self.run = {str(session.pk) for session in fetch(run.order_by(), "pk", marked)}

    def row(self, change: Kept) -> Any:
        return self.there[RowKind(change["kind"])].get(change["id"])

    def student(self, change: Kept) -> User | None:
        """The student whose mark it is, or None where the reader may not know."""
        return self.students.get(change.get("student", "")) if change["id"] in self.run else None

    def is_deleted(self, change: Kept) -> bool:
        student = change.get("student")
        return self.row(change) is None or bool(student and student not in self.students)


def _ids(changes: Sequence[Kept], kind: RowKind) -> set[str]:
    return {change["id"] for change in changes if change["kind"] == kind}


def _by_id(
    model: type[models.Model], related: tuple[str, ...], ids: Iterable[str]
) -> dict[str, Any]:
    rows = model._default_manager.select_related(*related).order_by()
    return {str(row.pk): row for row in fetch(rows, "pk", sorted(ids))}


def _mark_name(session: Session, student: User | None) -> str:
    times = (session.starts_at, session.ends_at)
    told = session_name(session.course, *times, session.room)
    return f"{student}, {told}" if student else told


def _row_name(row: Any) -> str:
    """What the row is called today: the person's name and number, the course's codes and title."""
    if isinstance(row, Subject | ClassGroup):
        return f"{row.code} {row.name}"
    if isinstance(row, Course):
        return f"{row.subject.code} {row.subject.name} · {row.class_group.code}"
    if isinstance(row, User):
        return str(row)
    if row is None:
        return ""
    person = row.person if isinstance(row, CourseStaff) else row.student
    course = _row_name(row.course) if row.course else _("all courses")
    told = _("%(student)s in %(course)s") % {"student": person, "course": course}
    return f"{told}, {row.from_date} – {row.until_date}" if isinstance(row, Excuse) else told
