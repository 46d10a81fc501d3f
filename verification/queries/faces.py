"""A student's enrolled face: where it stands, who touched it, and who is around the student."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from sessions_app.models import Course, CourseStaff, Enrolment, StaffRole
from verification.engines.chosen import chosen_engine_name
from verification.models import (
    AccessPurpose,
    FaceTemplate,
    PhotoTemplate,
    TemplateAccess,
    TemplateStatus,
)


@dataclass(frozen=True, kw_only=True)
class EnrolledFace:
    """Says how far one enrolment of a face is. It has nothing of the face itself.

    ``decided_by`` is the name of who approved, rejected or disowned it. ``needs_renewal`` is true
    where another engine made the template."""

    status: TemplateStatus
    enrolled_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    note: str
    needs_renewal: bool


@dataclass(frozen=True, kw_only=True)
class FaceStanding:
    """What is kept of a student's face. ``faces`` come newest first.

    ``re_enrolment_waits`` is true where an enrolment that is not the first waits for approval.
    """

    faces: list[EnrolledFace]
    re_enrolment_waits: bool
    photo_measured_at: datetime | None


def face_standing(student: User) -> FaceStanding:
    """Where the student's enrolments stand, newest first, and what else is kept of the face."""
    own = FaceTemplate.objects.filter(student=student).select_related("decided_by")
    faces = list(own.defer("ciphertext"))
    photo = (
        PhotoTemplate.objects.that_count().filter(student=student).values_list("made_at", flat=True)
    )
    enrolled = TemplateAccess.objects.filter(student=student, purpose=AccessPurpose.ENROLLED)
    engine = chosen_engine_name()
    waits = any(face.status == TemplateStatus.WAITING for face in faces)
    return FaceStanding(
        faces=[_enrolled(face, engine) for face in faces],
        re_enrolment_waits=waits and enrolled.count() > 1,
        photo_measured_at=photo.first(),
    )


def _enrolled(face: FaceTemplate, engine: str) -> EnrolledFace:
    stands = face.status in (TemplateStatus.WAITING, TemplateStatus.APPROVED)
    return EnrolledFace(
        status=TemplateStatus(face.status),
        enrolled_at=face.enrolled_at,
        decided_at=face.decided_at,
        decided_by=face.decided_by.full_name if face.decided_by else None,
        note=face.note,
        needs_renewal=stands and face.engine != engine,
    )


def faces_of_other_engines() -> QuerySet[FaceTemplate]:
    """Templates that wait or count and can be compared with nothing any more."""
    standing = [TemplateStatus.WAITING, TemplateStatus.APPROVED]
    others = FaceTemplate.objects.filter(status__in=standing).exclude(engine=chosen_engine_name())
    return others.select_related("student").order_by("student__institution_number", "pk")


def photos_of_other_engines() -> int:
    return PhotoTemplate.objects.that_count().exclude(engine=chosen_engine_name()).count()


def accesses_of(student: User) -> QuerySet[TemplateAccess]:
    """The log of the student's face, newest first."""
    return TemplateAccess.objects.filter(student=student).select_related("actor")


def classmates_of(student_id: UUID) -> list[UUID]:
    """Ids of the other students who are on any of the student's courses."""
    own = Enrolment.objects.filter(student_id=student_id, is_active=True)
    courses = list(own.values_list("course_id", flat=True))
    on_them = Enrolment.objects.filter(course_id__in=courses, is_active=True)
    return list(set(on_them.values_list("student_id", flat=True)) - {student_id})


def teachers_of(student_id: UUID) -> QuerySet[User]:
    """Who teach the student now: the main teachers of the student's courses and the others, but
    not those who only assist."""
    own = Enrolment.objects.filter(student_id=student_id, is_active=True)
    ids = list(own.values_list("course_id", flat=True))
    courses = Course.objects.filter(pk__in=ids, is_active=True).order_by()
    main = dict(courses.values_list("pk", "teacher_id"))
    others = CourseStaff.objects.filter(course_id__in=list(main), role=StaffRole.TEACHER)
    teachers = {*main.values(), *others.values_list("person_id", flat=True)}
    return User.objects.filter(pk__in=list(teachers), is_active=True)
