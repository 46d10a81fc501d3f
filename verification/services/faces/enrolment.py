"""Enrolling a face: the guards, what is stored, who is told, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import require_own_confirmed
from attendance_project.inserting import one_write
from attendance_project.overwriting import overwrite_soon
from attendance_project.refusals import Kind, Refusal
from sessions_app.models import Enrolment
from verification.domain.calibration import false_match_rate
from verification.domain.capture import CaptureLimits, capture_hint
from verification.engines.base import FaceEnrolmentMeasurement, Template
from verification.engines.chosen import chosen_engine
from verification.models import AccessPurpose, FaceTemplate, TemplateAccess, TemplateStatus
from verification.services.faces import comparing, consent, mails, pictures, sealing
from verification.services.faces.access import log_access
from verification.services.faces.approval import drop_face

ENROLMENTS_A_DAY = 10
"""How many good enrolments a student may make in a day. Bad pictures do not count."""


@dataclass(frozen=True)
class MeasuredEnrolment:
    """``face`` is there where the pictures passed the guards."""

    face: Template | None
    hints: tuple[str | None, ...]
    frames_disagree: bool = False


def require_may_enrol(student: User, *, now: datetime) -> None:
    """Raise Refusal for a student whose address is not confirmed, who is on no course, who has not
    agreed to the current text, or who enrolled too often today."""
    require_own_confirmed(student)
    _require_course(student)
    consent.require_consent(student)
    _require_few(student, now)


def _require_course(student: User) -> None:
    """Raise Refusal for an account that nobody has put on a course, and so has vouched for.

    Measuring pictures is work, and a face is compared with those of the same courses.
    """
    if not Enrolment.objects.filter(student=student, is_active=True).exists():
        raise Refusal(
            "no_course",
            _("You are on no course yet. Enrol your face once your school has put you on one."),
            Kind.NOT_ALLOWED,
        )


def _require_few(student: User, now: datetime) -> None:
    """Raise Refusal where the student enrolled too often today.

    Each enrolment sends a mail, and writes a row into the log of every classmate.
    """
    enrolled = TemplateAccess.objects.filter(student=student, purpose=AccessPurpose.ENROLLED)
    if enrolled.filter(at__gt=now - timedelta(days=1)).count() >= ENROLMENTS_A_DAY:
        raise Refusal(
            "too_many_enrolments",
            _("You have enrolled too often today. Wait a day, or ask your teacher."),
            Kind.TOO_MANY,
        )


def measure_enrolment(frames: Sequence[bytes]) -> MeasuredEnrolment:
    """Measure the pictures: each has to be good, and all of one face. Raises Refusal for an
    unreadable one."""
    with chosen_engine() as engine:
        measured = engine.enrol(frames)
    hints = tuple(capture_hint(frame, CaptureLimits()) for frame in measured.frames)
    if any(hints) or measured.template is None:
        return MeasuredEnrolment(None, hints)
    if not _frames_agree(measured):
        return MeasuredEnrolment(None, hints, frames_disagree=True)
    return MeasuredEnrolment(measured.template, hints)


def _frames_agree(measured: FaceEnrolmentMeasurement) -> bool:
    if measured.template is None or not measured.agreement_scores:
        return False
    rate = false_match_rate(measured.template.engine, min(measured.agreement_scores))
    return rate <= CaptureLimits().agreement_fmr


def store_face(
    student: User, face: Template, stills: Sequence[bytes], *, confirmed_by: str, now: datetime
) -> FaceTemplate:
    """Store the template that waits for approval; the approved one counts until then.

    Each student has at most one that waits: a newer one takes the place of an older. Raises Refusal
    where another was quicker, or the consent was withdrawn meanwhile.
    """
    is_first = not _enrolled_before(student)
    jpeg = pictures.small_picture(student, stills)
    FaceTemplate.objects.filter(student=student, status=TemplateStatus.WAITING).delete()
    stored = _insert(
        FaceTemplate(
            student=student,
            status=TemplateStatus.WAITING,
            engine=face.engine,
            ciphertext=sealing.seal_template(student.pk, sealing.FACE, face),
            consent_version=settings.FACE_CONSENT_VERSION,
            enrolled_at=now,
            confirmed_by=confirmed_by,
            photo_match=comparing.compare_with_photo(student, face, now=now),
        )
    )
    overwrite_soon()
    log_access(student, actor=student, purpose=AccessPurpose.ENROLLED, now=now)
    consent.erase_if_withdrawn(student, now=now)
    comparing.find_look_alikes(stored, face, now=now)
    if not is_first:
        mails.announce_enrolment(stored)
    fresh = FaceTemplate.objects.select_related("student").filter(pk=stored.pk).first()
    if fresh is None:
        raise _raced()
    pictures.hold_picture(fresh, jpeg, now=now)
    return fresh


def _insert(waiting: FaceTemplate) -> FaceTemplate:
    """Write the row, or raise Refusal where another enrolment was quicker.

    This is no get_or_create, because the other row may be gone again before it is read.
    """
    try:
        with one_write():
            waiting.save(force_insert=True)
    except IntegrityError as error:
        raise _raced() from error
    return waiting


def _raced() -> Refusal:
    return Refusal(
        "enrolment_raced",
        _("Another enrolment has just arrived. Reload the page."),
        Kind.CONFLICT,
    )


def _enrolled_before(student: User) -> bool:
    """Whether the log knows of an earlier enrolment.

    The templates do not tell: a thief who erases the face first must be announced too.
    """
    enrolled = TemplateAccess.objects.filter(student=student, purpose=AccessPurpose.ENROLLED)
    return enrolled.exists()


def disown_enrolment(student: User, *, now: datetime) -> None:
    """ "That was not me": the waiting enrolment is deleted, and the student's teachers are told.

    Raises Refusal where none waits.
    """
    stored = FaceTemplate.objects.filter(student=student, status=TemplateStatus.WAITING).first()
    if stored is None or not drop_face(stored, TemplateStatus.DISOWNED, by=student, now=now):
        raise Refusal(
            "nothing_waits",
            _("No enrolment of yours is waiting for approval. Reload the page."),
            Kind.CONFLICT,
        )
    mails.tell_of_disowned(stored)
