"""Takes back an import of people, classes, courses and enrolments, as far as nothing was built on
it: what somebody else refers to by now stays, and is told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.utils.translation import gettext as _

from accounts.models import Role, User
from attendance_project.refusals import Kind, Refusal
from sessions_app.imports.known import fetch
from sessions_app.imports.plans import Action, RowKind
from sessions_app.imports.records import values_of
from sessions_app.imports.staying import Staying, Stays
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    ClassGroup,
    Course,
    CourseStaff,
    Enrolment,
    ImportRecord,
    Session,
    Subject,
)

Changes = Sequence[Mapping[str, Any]]
_IN_ORDER: tuple[tuple[RowKind, type[models.Model]], ...] = (
    (RowKind.STAFF, CourseStaff),
    (RowKind.COURSE, Course),
    (RowKind.STUDENT, User),
    (RowKind.TEACHER, User),
    (RowKind.SUBJECT, Subject),
    (RowKind.CLASS_GROUP, ClassGroup),
)
"""What refers to others comes first. Enrolments, which come before all, have rules of their own."""


def take_back_people(record: ImportRecord, by: User | None) -> Staying:
    """Undo what can be undone. Returns what stays. Raises import_not_yours."""
    if by is not None and by.role != Role.ADMIN:
        raise Refusal(
            "import_not_yours",
            _("Only an admin can take back an import of people."),
            Kind.NOT_ALLOWED,
        )
    staying = Staying()
    staying.add(RowKind.EXCUSE, Stays.EXCUSES, len(_of_kind(record, RowKind.EXCUSE)))
    _enrolments(_of_kind(record, RowKind.ENROLMENT), staying)
    for kind, model in _IN_ORDER:
        changes = _of_kind(record, kind)
        _remove(
            kind, model, [one["id"] for one in changes if one["action"] == Action.ADDED], staying
        )
        for change in changes:
            if change["action"] != Action.ADDED:
                _put_back(kind, model, change, staying)
    return staying


def _of_kind(record: ImportRecord, kind: RowKind) -> list[Mapping[str, Any]]:
    return [change for change in record.changes if change["kind"] == kind]


# Enrolments


def _enrolments(changes: Changes, staying: Staying) -> None:
    rows = {str(row.pk): row for row in fetch(Enrolment.objects.all(), "pk", _ids(changes))}
    marked = _marked(rows.values())
    removed = []
    for change in changes:
        row = rows.get(change["id"])
        if row is None:
            continue
        if change["action"] == Action.DROPPED:
            _put_back(RowKind.ENROLMENT, Enrolment, change, staying)
        elif (row.course_id, row.student_id) in marked:
            staying.add(RowKind.ENROLMENT, Stays.HAS_MARKS)
        elif change["action"] != Action.ADDED:
            _put_back(RowKind.ENROLMENT, Enrolment, change, staying)
        elif not row.is_active or row.earlier_spans:
            staying.add(RowKind.ENROLMENT, Stays.CHANGED)
        else:
            removed.append(row.pk)
    for part in _parts(removed):
        Enrolment.objects.filter(pk__in=part).delete()


def _ids(changes: Changes) -> list[str]:
    return [change["id"] for change in changes]


def _marked(rows: Iterable[Enrolment]) -> set[tuple[Any, Any]]:
    """The courses and students of whom something was marked in the course."""
    rows = list(rows)
    courses = sorted({row.course_id for row in rows})
    attendances = fetch(Attendance.objects.order_by(), "course_id", courses)
    found = {(row.course_id, row.student_id) for row in attendances}
    sessions = fetch(Session.objects.order_by().only("course_id"), "course_id", courses)
    course_of = {session.pk: session.course_id for session in sessions}
    marks = fetch(AttendanceMark.objects.order_by(), "session_id", list(course_of))
    return found | {(course_of[mark.session_id], mark.student_id) for mark in marks}


# Rows of all kinds


def _remove(kind: RowKind, model: type[models.Model], ids: list[str], staying: Staying) -> None:
    """Delete those of the rows to which nothing refers."""
    rows = model._default_manager
    there = [row.pk for row in fetch(rows.all(), "pk", ids)]
    used = _used(model, there)
    free = [pk for pk in there if pk not in used]
    staying.add(kind, Stays.USED, len(used))
    if model is User:
        unclaimed = User.objects.filter(
            last_login=None, password__startswith=UNUSABLE_PASSWORD_PREFIX
        )
        known = {person.pk for person in fetch(unclaimed, "pk", free)}
        staying.add(kind, Stays.LOGGED_IN, len(free) - len(known))
        free = [pk for pk in free if pk in known]
    for part in _parts(free):
        rows.filter(pk__in=part).delete()


def _used(model: type[models.Model], ids: list[Any]) -> set[Any]:
    """Those of the rows to which a row of any other model refers."""
    found: set[Any] = set()
    for field in model._meta.get_fields(include_hidden=True):
        if not (field.auto_created and (field.one_to_many or field.one_to_one)):
            continue
        name = field.field.attname  # type: ignore[union-attr]
        rows = field.related_model._default_manager.order_by()  # type: ignore[union-attr]
        for part in _parts(ids):
            found.update(rows.filter(**{f"{name}__in": part}).values_list(name, flat=True))
    return found


def _put_back(
    kind: RowKind, model: type[models.Model], change: Mapping[str, Any], staying: Staying
) -> None:
    """Give the row the values from before, unless somebody has changed it since."""
    if "before" not in change:
        is_of_course = kind in (RowKind.COURSE, RowKind.STAFF)
        staying.add(kind, Stays.TEACHERS if is_of_course else Stays.NOT_KEPT)
        return
    before, after = (values_of(model, change[name]) for name in ("before", "after"))
    rows = model._default_manager.filter(pk=change["id"])
    row = rows.first()
    now = {name: getattr(row, name) for name in after} if row else before
    if now == after:
        rows.update(**before)
    elif now != before:
        staying.add(kind, Stays.CHANGED)


def _parts(ids: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (ids[start : start + 500] for start in range(0, len(ids), 500))
