"""The approved face that a check-in is compared with."""

from __future__ import annotations

from datetime import datetime

from accounts import queries as people_queries
from accounts.models import ConsentAction, User
from verification.domain.evidence import FaceReference
from verification.engines.base import Template
from verification.engines.chosen import chosen_engine_name
from verification.models import FaceTemplate, TemplateStatus
from verification.services.faces.access import log_access
from verification.services.faces.sealing import open_template


def reference_standing(student: User) -> FaceReference:
    """Whether there is a face to compare with, without decrypting it."""
    found = dict(FaceTemplate.objects.filter(student=student).values_list("status", "engine"))
    if TemplateStatus.APPROVED in found:
        same = found[TemplateStatus.APPROVED] == chosen_engine_name()
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
    return standing, open_template(stored)
