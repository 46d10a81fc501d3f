"""Enrolling, approving, reading and erasing faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

import accounts.services as people
from accounts import queries as people_queries
from accounts.models import ConsentAction, User
from verification.domain.capture import CaptureLimits, capture_hint
from verification.domain.evidence import FaceReference
from verification.engines import get_engine
from verification.engines.base import EnrolmentMeasurement, FaceEngine, Template
from verification.errors import Refusal
from verification.models import FaceTemplate, TemplateAccess, TemplateStatus

ENROLMENT_FRAMES = range(3, 6)


@dataclass(frozen=True)
class EnrolmentResult:
    """Either a template that waits for approval, or what to mend, a hint a frame."""

    template: FaceTemplate | None
    hints: tuple[str | None, ...]
    frames_disagree: bool = False


def give_consent(student: User, *, version: str, now: datetime) -> None:
    """Raises Refusal where the text that was agreed to is not the current one."""
    if version != settings.FACE_CONSENT_VERSION:
        raise Refusal(
            "consent_outdated",
            _("Please read and agree to the current text, version %(version)s.")
            % {"version": settings.FACE_CONSENT_VERSION},
            status=400,
        )
    people.give_consent(student, version, now)


def decline_face(student: User, now: datetime) -> None:
    """The student checks in without a face from now on. An enrolled one is erased."""
    people.decline_consent(student, settings.FACE_CONSENT_VERSION, now)
    _erase_templates(student, actor=student, purpose="declined", now=now)


def erase_face(student: User, *, by: User, now: datetime) -> None:
    """Withdraw the consent and delete every template of the student. Harmless to repeat."""
    people.withdraw_consent(student, settings.FACE_CONSENT_VERSION, now)
    _erase_templates(student, actor=by, purpose="erased", now=now)


def enrol_face(student: User, *, frames: Sequence[bytes], now: datetime) -> EnrolmentResult:
    """Make a template that waits for approval; the approved one counts until then.

    Raises Refusal without current consent, and UnreadableImage.
    """
    _require_consent(student)
    measured = _engine().enrol(frames)
    hints = tuple(capture_hint(frame, CaptureLimits()) for frame in measured.frames)
    if any(hints) or measured.template is None:
        return EnrolmentResult(None, hints)
    if not _frames_agree(measured):
        return EnrolmentResult(None, hints, frames_disagree=True)
    return EnrolmentResult(_store(student, measured.template, now), hints)


def _engine() -> FaceEngine:
    return get_engine(settings.FACE_ENGINE)


def _require_consent(student: User) -> None:
    consent = people_queries.face_consent(student)
    if (
        consent is None
        or consent.action != ConsentAction.GIVEN
        or consent.version != settings.FACE_CONSENT_VERSION
    ):
        raise Refusal(
            "consent_required",
            _(
                "Your consent is needed before a face is enrolled. Agree first, or "
                "check in without a face."
            ),
            status=403,
        )


def _frames_agree(measured: EnrolmentMeasurement) -> bool:
    return min(measured.agreement_scores, default=0.0) >= CaptureLimits().agreement_min


def _store(student: User, template: Template, now: datetime) -> FaceTemplate:
    """One template waits a student: a newer one takes the place of an older."""
    FaceTemplate.objects.filter(student=student, status=TemplateStatus.WAITING).delete()
    stored, created = FaceTemplate.objects.get_or_create(
        student=student,
        status=TemplateStatus.WAITING,
        defaults={
            "engine": template.engine,
            "ciphertext": _cipher().encrypt(_bind(student, template)),
            "consent_version": settings.FACE_CONSENT_VERSION,
            "enrolled_at": now,
        },
    )
    if not created:
        raise Refusal("enrolment_raced", _("Another enrolment just came in. Look again."))
    log_access(student, actor=student, purpose="enrolled", now=now)
    return stored


def decide_face(template: FaceTemplate, *, approve: bool, by: User, now: datetime) -> FaceTemplate:
    """Approve or reject a waiting template. The one approved before is deleted.

    Ordered so that a crash in between leaves the student with no approved face and the new
    one still waiting, never with two.
    """
    waiting = FaceTemplate.objects.filter(pk=template.pk, status=TemplateStatus.WAITING)
    status = TemplateStatus.APPROVED if approve else TemplateStatus.REJECTED
    if approve and waiting.exists():
        FaceTemplate.objects.filter(
            student_id=template.student_id, status=TemplateStatus.APPROVED
        ).exclude(pk=template.pk).delete()
    if not waiting.update(status=status, decided_by=by, decided_at=now):
        raise Refusal(
            "already_decided", _("This enrolment was decided already. Load the list again.")
        )
    log_access(template.student, actor=by, purpose=status.value, now=now)
    template.refresh_from_db()
    return template


def reference_standing(student: User) -> FaceReference:
    """Whether there is a face to compare with, without decrypting it."""
    found = dict(FaceTemplate.objects.filter(student=student).values_list("status", "engine"))
    if TemplateStatus.APPROVED in found:
        same = found[TemplateStatus.APPROVED] == _engine().name
        return FaceReference.APPROVED if same else FaceReference.OTHER_ENGINE
    consent = people_queries.face_consent(student)
    if consent is not None and consent.action != ConsentAction.GIVEN:
        return FaceReference.DECLINED
    return FaceReference.WAITING if TemplateStatus.WAITING in found else FaceReference.NONE


def face_reference(
    student: User, *, actor: User, purpose: str, now: datetime
) -> tuple[FaceReference, Template | None]:
    """The approved template, decrypted and the access logged; None where there is none.

    Raises Refusal where no key opens it or it was sealed for another student.
    """
    standing = reference_standing(student)
    if standing is not FaceReference.APPROVED:
        return standing, None
    stored = FaceTemplate.objects.filter(student=student, status=TemplateStatus.APPROVED).first()
    if stored is None:  # erased between the two look-ups
        return reference_standing(student), None
    log_access(student, actor=actor, purpose=purpose, now=now)
    return standing, _unbind(student, bytes(stored.ciphertext))


def rotate_template_keys() -> int:
    """Encrypt every template anew with the first key; returns how many. Safe to repeat."""
    count = 0
    for stored in FaceTemplate.objects.all().iterator(chunk_size=500):
        fresh = _cipher().rotate(bytes(stored.ciphertext))
        count += FaceTemplate.objects.filter(pk=stored.pk).update(ciphertext=fresh)
    return count


def log_access(student: User, *, actor: User | None, purpose: str, now: datetime) -> None:
    TemplateAccess.objects.create(student=student, actor=actor, purpose=purpose, at=now)


def _erase_templates(student: User, *, actor: User, purpose: str, now: datetime) -> None:
    FaceTemplate.objects.filter(student=student).delete()
    log_access(student, actor=actor, purpose=purpose, now=now)


# --- encryption -----------------------------------------------------------------------


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FACE_TEMPLATE_KEYS])


def _bind(student: User, template: Template) -> bytes:
    """The owner is sealed in, so that a row moved to another student does not open."""
    return student.pk.bytes + template.to_bytes()


def _unbind(student: User, ciphertext: bytes) -> Template:
    try:
        plain = _cipher().decrypt(ciphertext)
    except InvalidToken:
        plain = b""
    if plain[:16] != student.pk.bytes:
        raise Refusal("template_unreadable", _("Your enrolled face cannot be read. Enrol again."))
    return Template.from_bytes(plain[16:])
