"""Agreeing to face recognition, and to showing a picture; taking it back erases at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

import accounts.services as people
from accounts import queries as people_queries
from accounts.models import ConsentAction, ConsentEvent, User
from attendance_project.overwriting import overwrite_soon
from attendance_project.refusals import Kind, Refusal
from verification.models import (
    AccessPurpose,
    EnrolmentChallenge,
    FaceTemplate,
    PhotoTemplate,
)
from verification.services.faces.access import log_access
from verification.services.faces.picture_memory import MEMORY

FACE, PICTURE = ConsentEvent.FACE, ConsentEvent.PICTURE


@dataclass(frozen=True)
class ConsentText:
    """What a student is asked to agree to. Another wording is another version."""

    purpose: str
    version: str
    text: str


def consent_texts() -> list[ConsentText]:
    """The current texts: of face recognition, and of showing a picture where that is done."""
    texts = [ConsentText(FACE, settings.FACE_CONSENT_VERSION, _text(FACE))]
    if settings.FACE_PICTURE_MINUTES:
        texts.append(ConsentText(PICTURE, version_of(PICTURE), _text(PICTURE)))
    return texts


def version_of(purpose: str) -> str:
    """The version of a text. It has for how long a picture is held, which is part of what is agreed
    to."""
    if purpose == FACE:
        return settings.FACE_CONSENT_VERSION
    return f"{settings.FACE_PICTURE_CONSENT_VERSION}-{settings.FACE_PICTURE_MINUTES}min"


def _text(purpose: str) -> str:
    version = {FACE: settings.FACE_CONSENT_VERSION, PICTURE: settings.FACE_PICTURE_CONSENT_VERSION}
    name = f"verification/consent/{purpose}-{version[purpose]}.txt"
    return render_to_string(name, {"minutes": settings.FACE_PICTURE_MINUTES}).strip()


def has_consent(student: User, purpose: str = FACE) -> bool:
    """Whether the student's latest answer agrees to the current text.

    Showing a picture hangs on face recognition: without that there is nothing to approve.
    """
    latest = people_queries.consent_to(purpose, student)
    agreed = latest is not None and latest.action == ConsentAction.GIVEN
    current = latest is not None and latest.version == version_of(purpose)
    if purpose == PICTURE and not (settings.FACE_PICTURE_MINUTES and has_consent(student)):
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
    if purpose == PICTURE:
        if not settings.FACE_PICTURE_MINUTES:
            raise Refusal(
                "no_picture_shown",
                _("No pictures are shown here, so this consent is not needed. Leave it out."),
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
    _withdraw_picture_too(student, now)
    people.decline_consent(student, settings.FACE_CONSENT_VERSION, now=now)
    _erase(student, actor=student, purpose=AccessPurpose.DECLINED, now=now)


def erase_face(student: User, *, by: User | None, now: datetime) -> None:
    """Withdraw the consent and delete all that is biometric. Harmless to repeat."""
    _withdraw_picture_too(student, now)
    people.withdraw_consent(student, settings.FACE_CONSENT_VERSION, now=now)
    _erase(student, actor=by, purpose=AccessPurpose.ERASED, now=now)


def decline_picture(student: User, *, now: datetime) -> None:
    people.decline_consent(student, version_of(PICTURE), now=now, purpose=PICTURE)
    MEMORY.drop(student.pk)


def withdraw_picture(student: User, *, now: datetime) -> None:
    """No picture of the student is shown from now on; the face itself stays."""
    people.withdraw_consent(student, version_of(PICTURE), now=now, purpose=PICTURE)
    MEMORY.drop(student.pk)


def erase_if_withdrawn(student: User, *, now: datetime) -> None:
    """Delete what has just been stored, where the consent was withdrawn meanwhile.

    The withdrawal found nothing to delete yet. It first writes that it happened and then deletes;
    who stores first stores and then calls this. So nothing is left, whichever comes first. Raises
    Refusal where the consent was withdrawn.
    """
    if not has_consent(student):
        _erase(student, actor=None, purpose=AccessPurpose.ERASED, now=now)
        require_consent(student)


def _withdraw_picture_too(student: User, now: datetime) -> None:
    """Withdraw the consent to showing a picture as well.

    Otherwise agreeing to face recognition again later would bring it back.
    """
    latest = people_queries.consent_to(PICTURE, student)
    if latest is not None and latest.action == ConsentAction.GIVEN:
        people.withdraw_consent(student, version_of(PICTURE), now=now, purpose=PICTURE)


def _erase(student: User, *, actor: User | None, purpose: str, now: datetime) -> None:
    MEMORY.drop(student.pk)
    for model in (EnrolmentChallenge, FaceTemplate, PhotoTemplate):
        model.objects.filter(student=student).delete()
    overwrite_soon()
    log_access(student, actor=actor, purpose=purpose, now=now)
