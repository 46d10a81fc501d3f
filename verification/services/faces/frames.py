"""Pictures of enrolments, kept only where the institution and the student both agreed to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from verification.models import AccessPurpose, EnrolmentFrame, FaceTemplate, TemplateStatus
from verification.services.faces import consent, sealing
from verification.services.faces.access import log_access, log_accesses

STANDING = [TemplateStatus.WAITING, TemplateStatus.APPROVED]


def keep_frames(stored: FaceTemplate, frames: Sequence[bytes], *, now: datetime) -> None:
    """Store the pictures of an enrolment, if the student agreed to that."""
    if not consent.has_consent(stored.student, consent.FRAMES):
        return
    rows = [_sealed(stored, number, frame, now) for number, frame in enumerate(frames)]
    try:
        with transaction.atomic():
            EnrolmentFrame.objects.bulk_create(rows, batch_size=1)
    except IntegrityError:  # the enrolment is gone already, and so is what they were kept for
        return
    log_access(stored.student, actor=stored.student, purpose=AccessPurpose.FRAMES_KEPT, now=now)
    _delete_if_no_longer_wanted(stored)


def _sealed(stored: FaceTemplate, number: int, frame: bytes, now: datetime) -> EnrolmentFrame:
    return EnrolmentFrame(
        template=stored,
        student_id=stored.student_id,
        number=number,
        ciphertext=sealing.seal(stored.student_id, sealing.FRAME, frame),
        consent_version=consent.version_of(consent.FRAMES),
        kept_at=now,
        expires_at=now + timedelta(days=settings.FACE_FRAMES_RETENTION_DAYS),
    )


def _delete_if_no_longer_wanted(stored: FaceTemplate) -> None:
    """Delete the pictures again if a rejection or a withdrawal came while they were being
    written."""
    stands = FaceTemplate.objects.filter(pk=stored.pk, status__in=STANDING).exists()
    if not (stands and consent.has_consent(stored.student, consent.FRAMES)):
        EnrolmentFrame.objects.filter(template_id=stored.pk).delete()


def kept_frames(stored: FaceTemplate, *, now: datetime) -> list[EnrolmentFrame]:
    """The pictures that are still within their time, whether or not the expired ones were deleted
    yet."""
    gone = list(_expired(now).filter(template_id=stored.pk).values_list("pk", flat=True))
    return list(EnrolmentFrame.objects.filter(template_id=stored.pk).exclude(pk__in=gone))


def purge_frames(*, now: datetime) -> int:
    """Delete the expired pictures and return how many. A shorter retention counts for older ones
    too."""
    expired = _expired(now)
    touched = set(expired.values_list("student_id", flat=True))
    deleted, _each = expired.delete()
    log_accesses(touched, purpose=AccessPurpose.FRAMES_DELETED, now=now)
    return deleted


def _expired(now: datetime) -> QuerySet[EnrolmentFrame]:
    longest = now - timedelta(days=settings.FACE_FRAMES_RETENTION_DAYS)
    return EnrolmentFrame.objects.filter(Q(expires_at__lte=now) | Q(kept_at__lte=longest))
