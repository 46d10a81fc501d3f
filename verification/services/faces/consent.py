"""Agreeing to face recognition, and to keeping pictures; taking it back erases at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

import accounts.services as people
from accounts import queries as people_queries
from accounts.models import ConsentAction, ConsentEvent, User
from attendance_project.refusals import Kind, Refusal
from verification.models import (
    AccessPurpose,
    EnrolmentChallenge,
    EnrolmentFrame,
    FaceTemplate,
    PhotoTemplate,
)
from verification.services.faces.access import log_access

FACE, FRAMES = ConsentEvent.FACE, ConsentEvent.FRAMES


@dataclass(frozen=True)
class ConsentText:
    """What a student is asked to agree to. Another wording is another version."""

    purpose: str
    version: str
    text: str


def consent_texts() -> list[ConsentText]:
    """The current texts: of face recognition, and of keeping pictures where that is done."""
    texts = [ConsentText(FACE, settings.FACE_CONSENT_VERSION, _text(FACE))]
    if settings.FACE_FRAMES_RETENTION_DAYS:
        texts.append(ConsentText(FRAMES, version_of(FRAMES), _text(FRAMES)))
    return texts


def version_of(purpose: str) -> str:
    """The version of a text. It has for how long pictures are kept, which is part of what is agreed
    to."""
    if purpose == FACE:
        return settings.FACE_CONSENT_VERSION
    return f"{settings.FACE_FRAMES_CONSENT_VERSION}-{settings.FACE_FRAMES_RETENTION_DAYS}d"


def _text(purpose: str) -> str:
    version = {FACE: settings.FACE_CONSENT_VERSION, FRAMES: settings.FACE_FRAMES_CONSENT_VERSION}
    name = f"verification/consent/{purpose}-{version[purpose]}.txt"
    return render_to_string(name, {"days": settings.FACE_FRAMES_RETENTION_DAYS}).strip()


def has_consent(student: User, purpose: str = FACE) -> bool:
    """Whether the student's latest answer agrees to the current text.

    Keeping pictures hangs on face recognition: without that there is nothing to keep them for.
    """
    latest = people_queries.consent_to(purpose, student)
    agreed = latest is not None and latest.action == ConsentAction.GIVEN
    current = latest is not None and latest.version == version_of(purpose)
    if purpose == FRAMES and not (settings.FACE_FRAMES_RETENTION_DAYS and has_consent(student)):
        return False
    return agreed and current


def require_consent(student: User) -> None:
    """Raises Refusal without the current consent to face recognition."""
    if not has_consent(student):
        raise Refusal(
            "consent_required",
            _(
                "Your consent is needed before a face is enrolled. Agree first, or "
                "check in without a face."
            ),
            Kind.NOT_ALLOWED,
        )


def give_consent(student: User, *, version: str, now: datetime, purpose: str = FACE) -> None:
    """Raises Refusal where the text that was agreed to is not the current one."""
    if purpose == FRAMES:
        if not settings.FACE_FRAMES_RETENTION_DAYS:
            raise Refusal(
                "nothing_is_kept",
                _("No pictures are kept here, so this consent is not needed. Leave it out."),
                Kind.CONFLICT,
            )
        require_consent(student)
    if version != version_of(purpose):
        raise Refusal(
            "consent_outdated",
            _("Please read and agree to the current text, version %(version)s.")
            % {"version": version_of(purpose)},
            Kind.INVALID,
        )
    people.give_consent(student, version, now=now, purpose=purpose)


def decline_face(student: User, *, now: datetime) -> None:
    """The student checks in without a face from now on. What was enrolled is erased."""
    _decline_frames_too(student, now)
    people.decline_consent(student, settings.FACE_CONSENT_VERSION, now=now)
    _erase(student, actor=student, purpose=AccessPurpose.DECLINED, now=now)


def erase_face(student: User, *, by: User | None, now: datetime) -> None:
    """Withdraw the consent and delete all that is biometric. Harmless to repeat."""
    _decline_frames_too(student, now)
    people.withdraw_consent(student, settings.FACE_CONSENT_VERSION, now=now)
    _erase(student, actor=by, purpose=AccessPurpose.ERASED, now=now)


def decline_frames(student: User, *, now: datetime) -> None:
    people.decline_consent(student, version_of(FRAMES), now=now, purpose=FRAMES)
    delete_frames_of(student, actor=student, now=now)


def withdraw_frames(student: User, *, now: datetime) -> None:
    """No pictures of the student are kept from now on; the face itself stays."""
    people.withdraw_consent(student, version_of(FRAMES), now=now, purpose=FRAMES)
    delete_frames_of(student, actor=student, now=now)


def delete_frames_of(student: User, *, actor: User, now: datetime) -> None:
    deleted, _each = EnrolmentFrame.objects.filter(student=student).delete()
    if deleted:
        log_access(student, actor=actor, purpose=AccessPurpose.FRAMES_DELETED, now=now)


def erase_if_withdrawn(student: User, *, now: datetime) -> None:
    """Delete what has just been stored, where the consent was withdrawn meanwhile.

    The withdrawal found nothing to delete yet. It first writes that it happened and then deletes;
    who stores first stores and then calls this. So nothing is left, whichever comes first. Raises
    Refusal where the consent was withdrawn.
    """
    if not has_consent(student):
        _erase(student, actor=None, purpose=AccessPurpose.ERASED, now=now)
        require_consent(student)


def _decline_frames_too(student: User, now: datetime) -> None:
    """Withdraw the consent to keeping pictures as well.

    Otherwise agreeing to face recognition again later would bring it back.
    """
    latest = people_queries.consent_to(FRAMES, student)
    if latest is not None and latest.action == ConsentAction.GIVEN:
        people.withdraw_consent(student, version_of(FRAMES), now=now, purpose=FRAMES)


def _erase(student: User, *, actor: User | None, purpose: str, now: datetime) -> None:
    for model in (EnrolmentChallenge, EnrolmentFrame, FaceTemplate, PhotoTemplate):
        model.objects.filter(student=student).delete()
    log_access(student, actor=actor, purpose=purpose, now=now)
