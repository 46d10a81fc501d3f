"""Comparing faces that came onto a course after they were enrolled.

An enrolment is compared with the classmates of that moment. Two accounts with one face that are
put on the same course later are found here: at once for a few students, and by `compare_faces`
for a large import, which must not make a request wait.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from verification import queries
from verification.engines.base import Template
from verification.engines.chosen import chosen_engine
from verification.models import AccessPurpose, FaceTemplate
from verification.queries import ComparisonDue
from verification.services.faces import comparing
from verification.services.faces.access import log_accesses

AT_ONCE = 3
"""How many students are compared while somebody waits for the page. Each takes up to 0.2 s."""
BLOCK = 200
"""Faces of a course that are compared with all the others in one go: 200 rows of 5,000 scores need
8 MB as numbers and 40 MB as a list."""


@dataclass(frozen=True)
class CourseCompared:
    """What `compare_due` did in one course: faces that were compared anew, and pairs found."""

    course_id: UUID
    faces: int
    pairs: int


def compare_on_enrolling(students: Collection[UUID], now: datetime) -> None:
    """Compare the faces of students who were just put on a course, if they are few. Many are left
    to `compare_faces`, and pages say until then that they are not compared yet."""
    if len(students) <= AT_ONCE:
        compare_students(students, now=now)


def compare_students(students: Collection[UUID], *, now: datetime) -> None:
    """Compare the faces of these students with their classmates', where that is due."""
    due = {each.template_id for each in queries.comparisons_due(students)}
    for stored in FaceTemplate.objects.filter(pk__in=list(due)):
        face = comparing.opened_or_none(stored)
        if face is not None:
            comparing.find_look_alikes(stored, face, now=now)


def compare_due(*, now: datetime) -> Iterator[CourseCompared]:
    """Compare whatever is due, one course after the other. Safe to repeat, also after it was broken
    off: what was reached is done."""
    by_course: dict[UUID, list[ComparisonDue]] = {}
    for due in queries.comparisons_due():
        by_course.setdefault(due.place.course_id, []).append(due)
    for course_id, those in by_course.items():
        yield CourseCompared(course_id, len(those), _compare_course(course_id, those, now))


def _compare_course(course_id: UUID, due: list[ComparisonDue], now: datetime) -> int:
    """Compare the due faces with all of the course; how many pairs look alike."""
    faces = _faces_on(course_id)
    wanted = {each.template_id for each in due}
    fresh = [(stored, face) for stored, face in faces if stored.pk in wanted]
    found = 0
    for start in range(0, len(fresh), BLOCK):
        for stored, other in _alike(fresh[start : start + BLOCK], faces):
            comparing.note_look_alike(stored, other, now)
            found += 1
    _note_compared(fresh, faces, due, now)
    return found


def _note_compared(
    fresh: list[tuple[FaceTemplate, Template]],
    faces: list[tuple[FaceTemplate, Template]],
    due: Iterable[ComparisonDue],
    now: datetime,
) -> None:
    students = {stored.student_id for stored, _ in faces}
    if len(students) > 1:
        log_accesses(students, purpose=AccessPurpose.COMPARED, now=now)
        comparing.note_first_comparison([stored.pk for stored, _ in faces])
    for stored, _ in fresh:
        others = len(students) - 1
        if others > (stored.compared_with or 0):
            FaceTemplate.objects.filter(pk=stored.pk).update(compared_with=others)
    opened = {stored.pk for stored, _ in fresh}
    done = [(each.template_id, each.place) for each in due if each.template_id in opened]
    comparing.note_comparisons(done, now=now)


def _faces_on(course_id: UUID) -> list[tuple[FaceTemplate, Template]]:
    """The faces of all who are on the course, each with its template, but for broken ones."""
    stored = queries.comparable_faces(queries.students_on(course_id)).order_by("-enrolled_at")
    opened = [(row, comparing.opened_or_none(row)) for row in stored]
    return [(row, template) for row, template in opened if template is not None]


def _alike(
    some: list[tuple[FaceTemplate, Template]], everybody: list[tuple[FaceTemplate, Template]]
) -> Iterator[tuple[FaceTemplate, FaceTemplate]]:
    """The pairs of two students that look alike, each only once."""
    with chosen_engine() as engine:
        rows = engine.compare_all([face for _, face in some], [face for _, face in everybody])
    seen: set[frozenset[UUID]] = set()
    for (stored, face), scores in zip(some, rows, strict=True):
        for (other, _), score in zip(everybody, scores, strict=True):
            pair = frozenset({stored.pk, other.pk})
            if stored.student_id == other.student_id or pair in seen:
                continue
            if comparing.is_look_alike(face.engine, score, among=len(everybody) - 1):
                seen.add(pair)
                yield stored, other
