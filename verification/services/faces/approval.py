"""A person's verdict on an enrolment that waits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.inserting import one_write
from attendance_project.overwriting import overwrite_soon
from attendance_project.refusals import Kind, Refusal
from verification import queries
from verification.domain.face_enrolment import PhotoRule, is_compared, needs_note
from verification.models import FaceTemplate, LookAlike, TemplateStatus
from verification.services.faces.access import log_access
from verification.services.faces.course_faces import compare_students
from verification.services.faces.pictures import drop_picture


def answer_face(
    template: FaceTemplate, *, approve: bool, by: User, now: datetime, note: str = ""
) -> FaceTemplate:
    """Approve or reject a waiting template, with a note that the student reads.

    The face approved before is deleted; that of a rejected enrolment is deleted at once.
    Before it is approved it is compared with the classmates that it was not compared with yet.
    Raises Refusal where it was decided already, where that found another face that looks like it,
    and where approving needs a note.
    """
    if not approve:
        decided = drop_face(template, TemplateStatus.REJECTED, by=by, now=now, note=note)
    else:
        if template.status == TemplateStatus.WAITING:
            _compare_again(template, now=now)
        _require_note(template, note)
        decided = _approve(template, by=by, now=now, note=note)
        if decided:
            _answer_pairs(template, by=by, now=now, note=note)
    fresh = FaceTemplate.objects.select_related("student").filter(pk=template.pk).first()
    if not decided or fresh is None:
        raise Refusal(
            "already_decided",
            _("This enrolment is already decided. Reload the list."),
            Kind.CONFLICT,
        )
    return fresh


def _compare_again(template: FaceTemplate, *, now: datetime) -> None:
    """Compare with whoever shares a course since. Raises Refusal where that found a look-alike,
    which the approver's page does not show yet."""
    before = len(queries.look_alikes_of([template])[template.pk])
    compare_students([template.student_id], now=now)
    if len(queries.look_alikes_of([template])[template.pk]) > before:
        raise Refusal(
            "look_alike_found",
            _(
                "This face was just compared with those of new classmates and looks like one of "
                "them. Reload the list and look at it again."
            ),
            Kind.CONFLICT,
        )
    fresh = FaceTemplate.objects.filter(pk=template.pk).values_list("compared_with", flat=True)
    template.compared_with = fresh.first()


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
    if not is_compared(template.compared_with) and not note.strip():
        raise Refusal(
            "not_compared_yet",
            _(
                "This face is not compared with any other yet. Write in the note how you know that "
                "this is the student. Then approve."
            ),
            Kind.INVALID,
        )


def _answer_pairs(template: FaceTemplate, *, by: User, now: datetime, note: str) -> None:
    """Approving with a note answers the pairs whose other face the approver may see."""
    visible = queries.faces_approvable_by(by).values_list("pk", flat=True)
    for mine, other in (("template_id", "other_id"), ("other_id", "template_id")):
        pairs = LookAlike.objects.filter(**{mine: template.pk}, answered_at=None)
        others = visible.filter(pk__in=list(pairs.values_list(other, flat=True)))
        pairs.filter(**{f"{other}__in": list(others)}).update(
            answered_by=by, answered_at=now, note=note
        )


def answer_look_alike(
    pair: LookAlike, *, reject: UUID | None, note: str, by: User, now: datetime
) -> None:
    """Say of two approved faces that look alike that they are two people's, or reject the face of
    the student ``reject``, who then has to enrol again.

    Raises Refusal without a note, for a student who is neither of the two, and where the pair was
    answered already.
    """
    if not note.strip():
        raise Refusal(
            "note_required",
            _("Write in the note how you know. The students whose faces these are can ask for it."),
            Kind.INVALID,
        )
    if reject is not None:
        done = _reject_one(pair, reject, note=note, by=by, now=now)
    else:
        rows = LookAlike.objects.filter(pk=pair.pk, answered_at=None)
        done = bool(rows.update(answered_by=by, answered_at=now, note=note))
    if not done:
        raise Refusal(
            "already_decided", _("This was already decided. Reload the list."), Kind.CONFLICT
        )


def _reject_one(pair: LookAlike, student: UUID, *, note: str, by: User, now: datetime) -> bool:
    """Whether the approved face of that student was rejected, while nobody had answered."""
    faces = {face.student_id: face for face in (pair.template, pair.other)}
    if student not in faces:
        raise Refusal(
            "invalid_input",
            _("Please correct the fields marked below."),
            Kind.INVALID,
            fields={"reject": [_("Choose one of the two students.")]},
        )
    if not LookAlike.objects.filter(pk=pair.pk, answered_at=None).exists():
        return False
    was = TemplateStatus.APPROVED
    return drop_face(faces[student], TemplateStatus.REJECTED, was=was, by=by, now=now, note=note)


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
        overwrite_soon()
        drop_picture(template.student_id)
        log_access(template.student, actor=by, purpose=TemplateStatus.APPROVED, now=now)
    elif before is not None and retired:
        _step(before.pk, TemplateStatus.REPLACED, TemplateStatus.APPROVED)
    return approved


def _step(pk: UUID, old: TemplateStatus, new: TemplateStatus, **changes: object) -> bool:
    """Whether the template went from the one status to the other, and no rule was against it."""
    try:
        with one_write():
            rows = FaceTemplate.objects.filter(pk=pk, status=old)
            return bool(rows.update(status=new, **changes))
    except IntegrityError:
        return False


def drop_face(
    template: FaceTemplate,
    status: TemplateStatus,
    *,
    by: User,
    now: datetime,
    note: str = "",
    was: TemplateStatus = TemplateStatus.WAITING,
) -> bool:
    """Reject or disown a face of the status ``was``; whether it was so still. The row stays, all
    biometric of it goes."""
    standing = FaceTemplate.objects.filter(pk=template.pk, status=was)
    dropped = standing.update(
        status=status, ciphertext=b"", decided_by=by, decided_at=now, note=note
    )
    if dropped:
        overwrite_soon()
        drop_picture(template.student_id)
        LookAlike.objects.filter(template_id=template.pk).delete()
        LookAlike.objects.filter(other_id=template.pk).delete()
        log_access(template.student, actor=by, purpose=status.value, now=now)
    return bool(dropped)
