"""Plans how students go from one class of a subject to another: on the new course, off the old one,
with the excuses that last beyond now. It does what `services.move_student` does, for many at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.tables.reading import listed
from sessions_app import services
from sessions_app.imports.known import fetch
from sessions_app.imports.plans import Action, Addition, Change, Plan, Revision, RowKind
from sessions_app.models import Course, Enrolment, Excuse

_RELATED = ("course__subject", "course__class_group")


@dataclass(frozen=True)
class Place:
    """What a line of the file says: this student is on this course."""

    student: User
    course: Course
    line: int


@dataclass
class Moves:
    """Places that students leave for another class of the same subject, with their new courses."""

    left: list[tuple[Enrolment, list[Place]]] = field(default_factory=list)

    @property
    def ids(self) -> set[Any]:
        """Ids of the enrolments that end."""
        return {row.pk for row, _new in self.left}


def find_moves(places: Sequence[Place]) -> Moves:
    """The places of these students in other classes of the same subjects, which the file does not
    give them."""
    of_student: dict[Any, list[Place]] = defaultdict(list)
    for place in places:
        of_student[place.student.pk].append(place)
    active = Enrolment.objects.filter(is_active=True).select_related(*_RELATED).order_by("pk")
    moves = Moves()
    for row in fetch(active, "student_id", list(of_student)):
        own = of_student[row.student_id]
        new = [place for place in own if place.course.subject_id == row.course.subject_id]
        if new and row.course.is_active and all(row.course_id != p.course.pk for p in own):
            moves.left.append((row, new))
    return moves


def note_moves(plan: Plan, moves: Moves, *, dropped: Collection[Any] = ()) -> None:
    """Say who is on two classes of one subject after the import, which takes them off the
    ``dropped`` ones."""
    left = [move for move in moves.left if move[0].pk not in dropped]
    if left:
        told = _(
            "On another class of the same subject too, and they stay there unless you choose to "
            "move them: %(people)s."
        )
        plan.notes.append(told % {"people": listed([_name(*move) for move in left])})


def plan_moves(plan: Plan, moves: Moves, *, now: datetime) -> None:
    """Let the students leave their old courses. The new places are planned as any others."""
    excuses = _excuses({row.student_id for row, _new in moves.left})
    for row, new in moves.left:
        there = ", ".join(_code(place.course) for place in new)
        change = Change(
            Action.DROPPED,
            RowKind.ENROLMENT,
            _name(row, new),
            _("moves to %(course)s") % {"course": there},
        )
        plan.add(change, Revision(row, services.withdrawal(now=now)), new[0].line)
        for place in new:
            _carry(plan, row, place, excuses[row.student_id], now)


def _carry(
    plan: Plan, row: Enrolment, place: Place, excuses: Iterable[Excuse], now: datetime
) -> None:
    """Let the student's excuses for the old course count in the new one too."""
    known = [one for one in excuses if one.course_id == row.course_id]
    there = [one for one in excuses if one.course_id == place.course.pk]
    for excuse in services.excuses_to_carry(known, there, to=place.course, now=now):
        name = _("%(student)s in %(course)s") % {
            "student": place.student,
            "course": _code(place.course),
        }
        span = f"{excuse.from_date} – {excuse.until_date}"
        plan.add(Change(Action.ADDED, RowKind.EXCUSE, name, span), Addition(excuse), place.line)


def _excuses(student_ids: set[UUID]) -> dict[Any, list[Excuse]]:
    """The standing excuses of each student, the first given first."""
    found: dict[Any, list[Excuse]] = defaultdict(list)
    rows = Excuse.objects.filter(revoked_at=None).select_related("kind", "by").order_by("at", "pk")
    for excuse in fetch(rows, "student_id", sorted(student_ids, key=str)):
        found[excuse.student_id].append(excuse)
    return found


def _name(row: Enrolment, new: Sequence[Place]) -> str:
    return _("%(student)s in %(course)s") % {
        "student": new[0].student,
        "course": _code(row.course),
    }


def _code(course: Course) -> str:
    return f"{course.subject.code} · {course.class_group.code}"
