"""Enrolled faces as those people see them who approve or reject them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import Role, User
from sessions_app import queries as teaching
from verification.domain.face_enrolment import PhotoMatch, PhotoRule, is_compared, needs_note
from verification.models import FaceTemplate, LookAlike, TemplateStatus
from verification.queries.comparisons import comparisons_due

DISOWNED_SHOWN = timedelta(days=14)


def faces_approvable_by(user: User) -> QuerySet[FaceTemplate]:
    """The faces that the user may approve: an admin all, a teacher those of students in own
    courses."""
    faces = FaceTemplate.objects.select_related("student")
    if user.role == Role.ADMIN:
        return faces
    return faces.filter(student_id__in=teaching.students_taught_by(user))


def waiting_faces(user: User) -> QuerySet[FaceTemplate]:
    return (
        faces_approvable_by(user)
        .filter(status=TemplateStatus.WAITING)
        .order_by("enrolled_at", "pk")
    )


def disowned_faces(user: User, *, now: datetime) -> QuerySet[FaceTemplate]:
    """Enrolments of the last two weeks that their students said were not theirs."""
    faces = faces_approvable_by(user).filter(status=TemplateStatus.DISOWNED)
    return faces.filter(decided_at__gt=now - DISOWNED_SHOWN).order_by("-decided_at", "pk")


@dataclass(frozen=True, kw_only=True)
class WaitingFace:
    """An enrolment as who approves it sees it.

    ``look_alikes`` are the students whom the viewer may see; ``unnamed`` counts the others.
    ``asks_for_photo`` is whether the institution compares with its photo at all. ``is_compared`` is
    whether it was compared with any classmate's face; ``courses_left`` counts the student's courses
    whose faces it has yet to be compared with.
    """

    template: FaceTemplate
    replaces: datetime | None
    asks_for_photo: bool
    photo_match: PhotoMatch
    look_alikes: list[User]
    unnamed: int
    needs_note: bool
    is_compared: bool
    courses_left: int


def described(templates: Sequence[FaceTemplate], viewer: User) -> list[WaitingFace]:
    """The templates, each with what it was compared with. It takes eight queries and those of what
    the viewer may see, however many templates there are."""
    students = [template.student_id for template in templates]
    approved = FaceTemplate.objects.filter(
        student_id__in=students, status=TemplateStatus.APPROVED
    ).exclude(pk__in=[template.pk for template in templates])
    counting = dict(approved.values_list("student_id", "enrolled_at"))
    alike = look_alikes_of(templates)
    visible = None if viewer.role == Role.ADMIN else set(teaching.students_taught_by(viewer))
    left = Counter(due.template_id for due in comparisons_due(students))
    return [
        _described(
            template,
            counting.get(template.student_id),
            alike[template.pk],
            visible,
            left[template.pk],
        )
        for template in templates
    ]


def _described(
    template: FaceTemplate,
    replaces: datetime | None,
    alike: list[User],
    visible: set[UUID] | None,
    courses_left: int,
) -> WaitingFace:
    named = [other for other in alike if visible is None or other.pk in visible]
    rule = PhotoRule(settings.FACE_ENROLMENT_PHOTO)
    return WaitingFace(
        template=template,
        replaces=replaces,
        asks_for_photo=rule is not PhotoRule.OFF,
        photo_match=PhotoMatch(template.photo_match),
        look_alikes=named,
        unnamed=len(alike) - len(named),
        needs_note=not is_compared(template.compared_with)
        or needs_note(rule=rule, photo_match=template.photo_match, look_alikes=len(alike)),
        is_compared=is_compared(template.compared_with),
        courses_left=courses_left,
    )


def look_alikes_of(templates: Sequence[FaceTemplate]) -> dict[UUID, list[User]]:
    """By template, the students whose enrolled face was found to look like it.

    Whichever of the two was enrolled later found the other.
    """
    ids = [template.pk for template in templates]
    found: dict[UUID, dict[UUID, User]] = {pk: {} for pk in ids}
    for mine, its in (("template", "other"), ("other", "template")):
        pairs = LookAlike.objects.filter(**{f"{mine}_id__in": ids})
        for pair in pairs.select_related(f"{its}__student").order_by("found_at", "pk"):
            other = getattr(pair, its).student
            found[getattr(pair, f"{mine}_id")][other.pk] = other
    return {pk: list(others.values()) for pk, others in found.items()}
