"""A person's verdict on an enrolment that waits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from verification import queries
from verification.domain.face_enrolment import PhotoRule, needs_note
from verification.models import EnrolmentFrame, FaceTemplate, LookAlike, TemplateStatus
from verification.services.faces.access import log_access


def answer_face(
    template: FaceTemplate, *, approve: bool, by: User, now: datetime, note: str = ""
) -> FaceTemplate:
    """Approve or reject a waiting template, with a note that the student reads.

    The face approved before is deleted; that of a rejected enrolment is deleted at once.
    Raises Refusal where it was decided already, and where approving needs a note.
    """
    if not approve:
        decided = drop_face(template, TemplateStatus.REJECTED, by=by, now=now, note=note)
    else:
        _require_note(template, note)
        decided = _approve(template, by=by, now=now, note=note)
    fresh = FaceTemplate.objects.select_related("student").filter(pk=template.pk).first()
    if not decided or fresh is None:
        raise Refusal(
            "already_decided",
            _("This enrolment is already decided. Reload the list."),
            Kind.CONFLICT,
        )
    return fresh


def _require_note(template: FaceTemplate, note: str) -> None:
    needed = needs_note(
        rule=PhotoRule(settings.FACE_ENROLMENT_PHOTO),
        photo_match=template.photo_match,
        look_alikes=len(queries.look_alikes_of([template])[template.pk]),
    )
    if needed and not note.strip():
        raise Refusal(
            "note_required",
            _("Write in the note how you know that this is the student. Then approve."),
            Kind.INVALID,
        )


def _approve(template: FaceTemplate, *, by: User, now: datetime, note: str) -> bool:
    """Whether it was still waiting, and counts now.

    The approved one steps back first, so that there are never two. A crash in between leaves
    the student with none and the new one waiting; a race gives the older one back.
    """
    standing = FaceTemplate.objects.filter(
        student_id=template.student_id, status=TemplateStatus.APPROVED
    )
    before = standing.exclude(pk=template.pk).first()
    retired = before is not None and _step(
        before.pk, TemplateStatus.APPROVED, TemplateStatus.REPLACED
    )
    verdict = {"decided_by": by, "decided_at": now, "note": note}
    approved = _step(template.pk, TemplateStatus.WAITING, TemplateStatus.APPROVED, **verdict)
    if approved:
        replaced = FaceTemplate.objects.filter(
            student_id=template.student_id, status=TemplateStatus.REPLACED
        )
        replaced.delete()
        log_access(template.student, actor=by, purpose=TemplateStatus.APPROVED, now=now)
    elif before is not None and retired:
        _step(before.pk, TemplateStatus.REPLACED, TemplateStatus.APPROVED)
    return approved


def _step(pk: UUID, old: TemplateStatus, new: TemplateStatus, **changes: object) -> bool:
    """Whether the template went from the one status to the other, and no rule was against it."""
    try:
        with transaction.atomic():
            rows = FaceTemplate.objects.filter(pk=pk, status=old)
            return bool(rows.update(status=new, **changes))
    except IntegrityError:
        return False


def drop_face(
    template: FaceTemplate, status: TemplateStatus, *, by: User, now: datetime, note: str = ""
) -> bool:
    """Reject or disown what waits; whether it did. The row stays, all biometric of it goes."""
    waiting = FaceTemplate.objects.filter(pk=template.pk, status=TemplateStatus.WAITING)
    dropped = waiting.update(
        status=status, ciphertext=b"", decided_by=by, decided_at=now, note=note
    )
    if dropped:
        EnrolmentFrame.objects.filter(template_id=template.pk).delete()
        LookAlike.objects.filter(template_id=template.pk).delete()
        LookAlike.objects.filter(other_id=template.pk).delete()
        log_access(template.student, actor=by, purpose=status.value, now=now)
    return bool(dropped)
