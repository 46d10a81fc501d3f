"""Which enrolled faces have yet to be compared with those of a course, and what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role, User
from sessions_app import queries as teaching
from sessions_app.models import Enrolment
from verification.engines.chosen import chosen_engine_name
from verification.models import CourseComparison, FaceTemplate, LookAlike, TemplateStatus

STANDING = (TemplateStatus.WAITING, TemplateStatus.APPROVED)


@dataclass(frozen=True)
class ComparisonDue:
    """A face that has yet to be compared with the others of the course of ``place``."""

    template_id: UUID
    place: Enrolment


def places_of(students: Collection[UUID]) -> list[Enrolment]:
    """The places that these students have on courses now."""
    return list(Enrolment.objects.filter(student_id__in=list(students), is_active=True).order_by())


def comparisons_due(students: Collection[UUID] | None = None) -> list[ComparisonDue]:
    """What has yet to be compared: of these students, or of everybody. Three queries."""
    faces = comparable_faces(students).order_by().values_list("pk", "student_id")
    templates: dict[UUID, list[UUID]] = {}
    for pk, student_id in faces:
        templates.setdefault(student_id, []).append(pk)
    ids = [pk for pks in templates.values() for pk in pks]
    done = CourseComparison.objects.filter(template_id__in=ids).order_by()
    compared = set(done.values_list("template_id", "course_id", "since"))
    return [
        ComparisonDue(pk, place)
        for place in places_of(templates)
        for pk in templates[place.student_id]
        if (pk, place.course_id, place.enrolled_at) not in compared
    ]


def comparable_faces(students: Collection[UUID] | None = None) -> QuerySet[FaceTemplate]:
    """Faces that stand and that the chosen engine made: of these students, or of everybody."""
    faces = FaceTemplate.objects.filter(status__in=STANDING, engine=chosen_engine_name())
    return faces if students is None else faces.filter(student_id__in=list(students))


def open_look_alikes(user: User) -> QuerySet[LookAlike]:
    """Pairs of approved faces that look alike and that nobody answered, oldest first.

    An admin sees all, a teacher those of which both students are in own courses. A pair of which
    one face waits is shown with that face.
    """
    approved = {"status": TemplateStatus.APPROVED}
    pairs = LookAlike.objects.filter(answered_at=None)
    ids = {pk for pair in pairs.values_list("template_id", "other_id") for pk in pair}
    faces = FaceTemplate.objects.filter(pk__in=list(ids), **approved).order_by()
    if user.role != Role.ADMIN:
        faces = faces.filter(student_id__in=teaching.students_taught_by(user))
    seen = list(faces.values_list("pk", flat=True))
    pairs = pairs.filter(template_id__in=seen, other_id__in=seen)
    return pairs.select_related("template__student", "other__student").order_by("found_at", "pk")


def pairs_of_person(pairs: QuerySet[LookAlike], students: list[UUID]) -> QuerySet[LookAlike]:
    """Those pairs in which one of the students is."""
    faces = FaceTemplate.objects.filter(student_id__in=students).order_by()
    ids = list(faces.values_list("pk", flat=True))
    return pairs.filter(Q(template_id__in=ids) | Q(other_id__in=ids))


def signs_of(students: Iterable[UUID]) -> dict[UUID, list[str]]:
    """What an admin reads beside people: that a face looks like another's, or is not compared."""
    ids = list(students)
    owners = dict(comparable_faces(ids).order_by().values_list("pk", "student_id"))
    pairs = LookAlike.objects.filter(
        Q(template_id__in=list(owners)) | Q(other_id__in=list(owners)), answered_at=None
    )
    alike = {pk for pair in pairs.values_list("template_id", "other_id") for pk in pair}
    due = {each.place.student_id for each in comparisons_due(ids)}
    signs: dict[UUID, list[str]] = {}
    for student_id in {owners[pk] for pk in alike & owners.keys()}:
        signs.setdefault(student_id, []).append(_("Face looks like another student's"))
    for student_id in due:
        signs.setdefault(student_id, []).append(_("Face not compared yet"))
    return signs


def students_on(course_id: UUID) -> list[UUID]:
    """Ids of the students who are on the course now."""
    on_it = Enrolment.objects.filter(course_id=course_id, is_active=True).order_by()
    return list(on_it.values_list("student_id", flat=True))
