"""One picture of an enrolment for who approves it, in memory only, where its student agreed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import queries as people_queries
from accounts.models import ConsentEvent, User
from attendance_project.refusals import Kind, Refusal
from verification.engines.chosen import chosen_engine
from verification.models import AccessPurpose, FaceTemplate, TemplateStatus
from verification.services.faces import consent
from verification.services.faces.access import log_access
from verification.services.faces.picture_memory import MEMORY, HeldPicture


def small_picture(student: User, pictures: Sequence[bytes]) -> bytes | None:
    """A small JPEG of the first picture, or None where the student did not agree to show one.

    Raises Refusal as measuring does.
    """
    if not consent.has_consent(student, consent.PICTURE):
        return None
    with chosen_engine() as engine:
        return engine.small_jpeg(pictures[0])


def hold_picture(stored: FaceTemplate, jpeg: bytes | None, *, now: datetime) -> None:
    """Hold the picture of a waiting enrolment for FACE_PICTURE_MINUTES. An earlier one goes."""
    MEMORY.drop(stored.student_id)
    agreed = _standing_consent(stored.student)
    if jpeg is None or agreed is None:
        return
    lasts = timedelta(minutes=settings.FACE_PICTURE_MINUTES)
    picture = HeldPicture(stored.pk, stored.student_id, agreed.pk, jpeg, now + lasts)
    MEMORY.hold(picture, seconds=lasts.total_seconds())


def show_picture(template: FaceTemplate, *, by: User, now: datetime) -> bytes:
    """The JPEG of an enrolment, once, for somebody who may approve it. Its student reads of it.

    Raises Refusal where none is held here any more, where the enrolment no longer waits, and where
    its student did not agree, or took that back since, in whichever process.
    """
    held = MEMORY.take(template.pk)
    if held is None or not _may_be_shown(held, now):
        raise Refusal(
            "picture_gone",
            _(
                "There is no picture of this enrolment any more. Compare in person, or ask the "
                "student to enrol again."
            ),
            Kind.CONFLICT,
        )
    log_access(template.student, actor=by, purpose=AccessPurpose.PICTURE_SHOWN, now=now)
    return held.jpeg


def pictures_held(template_ids: Iterable[UUID], *, now: datetime) -> set[UUID]:
    """Those of the enrolments of which this process can show a picture."""
    return MEMORY.held(template_ids, now=now)


def drop_picture(student_id: UUID) -> None:
    """Forget the picture of a student at once."""
    MEMORY.drop(student_id)


def _may_be_shown(held: HeldPicture, now: datetime) -> bool:
    waiting = FaceTemplate.objects.filter(
        pk=held.template_id, student_id=held.student_id, status=TemplateStatus.WAITING
    )
    template = waiting.select_related("student").first()
    if template is None or held.until <= now:
        return False
    agreed = _standing_consent(template.student)
    return agreed is not None and agreed.pk == held.consent_id


def _standing_consent(student: User) -> ConsentEvent | None:
    """The answer by which the student agrees now, or None."""
    if not consent.has_consent(student, consent.PICTURE):
        return None
    return people_queries.consent_to(consent.PICTURE, student)
