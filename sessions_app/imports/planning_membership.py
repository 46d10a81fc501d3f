"""Plans who is on which course, and who is no longer."""

from django.utils.translation import gettext as _

from accounts.models import User
from sessions_app import services
from sessions_app.imports.known import fetch
from sessions_app.imports.moving import Place, find_moves, note_moves, plan_moves
from sessions_app.imports.planning import Planning
from sessions_app.imports.plans import Action, Change, Revision
from sessions_app.imports.rows import Key, RowKind, Thing
from sessions_app.models import Enrolment


def plan_membership(planning: Planning, *, drop_missing: bool, move: bool) -> None:
    there = _enrolments_there(planning)
    moves = find_moves(_places(planning))
    for key, thing in planning.things[RowKind.ENROLMENT].items():
        row = there.pop(key, None)
        if row is not None and row.is_active:
            continue
        _plan_enrolment(planning, thing, row)
    if move:
        plan_moves(planning.result, moves, now=planning.now)
    else:
        dropped = {row.pk for row in there.values()} if drop_missing else set()
        note_moves(planning.result, moves, dropped=dropped)
    moved = moves.ids if move else set()
    for key, row in sorted(there.items()):
        if row.is_active and row.pk not in moved:
            _miss(planning, key, row, drop_missing=drop_missing)


def _places(planning: Planning) -> list[Place]:
    """What the file says of students who are there already."""
    return [
        Place(student, planning.row(RowKind.COURSE, key[:3]), thing.line)
        for key, thing in planning.things[RowKind.ENROLMENT].items()
        if (student := planning.found.get((RowKind.STUDENT, key[3:])))
    ]


def _plan_enrolment(planning: Planning, thing: Thing, row: Enrolment | None) -> None:
    course = planning.row(RowKind.COURSE, thing.key[:3])
    student = planning.row(RowKind.STUDENT, thing.key[3:])
    name = planning.on_course(planning.person(thing.key[3]), thing.key)
    if row is None:
        fresh = Enrolment(course=course, student=student, enrolled_at=planning.now)
        planning.add(thing, name, fresh)
    else:
        change = Change(Action.CHANGED, thing.kind, name, _("enrolled again"))
        back = services.enrolment_again(row, now=planning.now)
        planning.result.add(change, Revision(row, back), thing.line)


def _enrolments_there(planning: Planning) -> dict[Key, Enrolment]:
    """Return the enrolments on the courses that the file names, by their keys.

    Other courses are no business of this import.
    """
    keys = {row.pk: key for (kind, key), row in planning.found.items() if kind == RowKind.COURSE}
    rows = fetch(Enrolment.objects.all(), "course_id", list(keys))
    known = {row.pk: row for (kind, _key), row in planning.found.items() if kind == RowKind.STUDENT}
    others = {row.student_id for row in rows} - known.keys()
    students = known | {s.pk: s for s in fetch(User.objects.all(), "pk", list(others))}
    for row in rows:
        row.student = students[row.student_id]
    return {(*keys[row.course_id], row.student.institution_number): row for row in rows}


def _miss(planning: Planning, key: Key, row: Enrolment, *, drop_missing: bool) -> None:
    name = planning.on_course(str(row.student), key)
    if drop_missing:
        gone = Revision(row, services.withdrawal(now=planning.now))
        planning.result.add(Change(Action.DROPPED, RowKind.ENROLMENT, name), gone)
    else:
        planning.result.add(
            Change(Action.KEPT, RowKind.ENROLMENT, name, _("not in the file")), None
        )
