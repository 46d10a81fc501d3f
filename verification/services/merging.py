"""What follows in verification when two accounts of one student are merged."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import QuerySet

from accounts.models import AccountMerge
from accounts.services import Rows, set_one_by_one
from attendance_project.inserting import one_write
from verification.models import (
    AccessPurpose,
    FaceTemplate,
    PhotoTemplate,
    SparedCheck,
    TemplateStatus,
)
from verification.services.faces import log_access, sealing


class Warnings(Rows):
    """Warnings. Where the kept account has one of the same session and reason, the other one
    follows as a second one, which is no further strike."""

    def move(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        super().move(merge, plan, now)
        left = self._of(merge.merged_id).filter(pk__in=plan)
        second = {"student_id": merge.kept_id, "from_merge": merge.pk.hex}
        set_one_by_one(left, second)

    def move_back(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        second = self._of(merge.kept_id).filter(pk__in=plan, from_merge=merge.pk.hex)
        set_one_by_one(second, {"student_id": merge.merged_id, "from_merge": ""})
        super().move_back(merge, plan, now)


class Faces:
    """Enrolled faces and the photo's face. Each is sealed to its student, and so sealed anew.

    Where the kept account has an approved or a waiting face, that one counts, and the other one
    follows as replaced. Where it has a photo's face, the other one follows as a second one, which
    is compared with nothing.
    """

    def plan(self, merge: AccountMerge) -> dict[str, Any]:
        faces = FaceTemplate.objects.filter(student_id=merge.merged_id).order_by()
        return {
            "faces": _ids(FaceTemplate, merge.merged_id),
            "photos": _ids(PhotoTemplate, merge.merged_id),
            "statuses": {str(pk): status for pk, status in faces.values_list("pk", "status")},
        }

    def move(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        from_id, to_id = merge.merged_id, merge.kept_id
        _hand_over(plan, from_id, to_id)
        _hand_over(plan, from_id, to_id, status=TemplateStatus.REPLACED)
        for photo in _photos(plan, from_id):
            _seal_for(photo, from_id, to_id, sealing.PHOTO, from_merge=merge.pk.hex)
        if plan["faces"] or plan["photos"]:
            log_access(merge.kept, actor=merge.by, purpose=AccessPurpose.MERGED, now=now)

    def move_back(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        for photo in _photos(plan, merge.kept_id).filter(from_merge=merge.pk.hex):
            _seal_for(photo, merge.kept_id, merge.merged_id, sealing.PHOTO, from_merge="")
        _hand_over(plan, merge.kept_id, merge.merged_id)
        for pk, status in plan.get("statuses", {}).items():
            replaced = FaceTemplate.objects.filter(pk=pk, status=TemplateStatus.REPLACED)
            set_one_by_one(replaced.filter(student_id=merge.merged_id), {"status": status})
        if plan["faces"] or plan["photos"]:
            log_access(merge.merged, actor=merge.undone_by, purpose=AccessPurpose.UNMERGED, now=now)


class SparedChecks(Rows):
    """Sessions at which a check was spared. A number of the term that the other account has too is
    given anew, so that all of them go on counting. Of a session at which both were spared, the row
    stays where it is, since it counts once."""

    def _set(self, rows: QuerySet[Any], user_id: UUID) -> None:
        for row in list(rows.order_by("term", "number")):
            _give_spared(row, user_id)


def _give_spared(row: SparedCheck, to_id: UUID) -> None:
    """Give the row to the other student, with its number or else the first free one of the term."""
    theirs = SparedCheck.objects.filter(student_id=to_id).order_by()
    while not theirs.filter(session_id=row.session_id).exists():
        taken = set(theirs.filter(term=row.term).values_list("number", flat=True))
        number = next(n for n in (row.number, *range(1, len(taken) + 2)) if n not in taken)
        try:
            with one_write():
                mine = SparedCheck.objects.filter(pk=row.pk, student_id=row.student_id)
                mine.update(student_id=to_id, number=number)
        except IntegrityError:  # they were spared another check at the same moment
            continue
        return


def _ids(model: Any, student_id: UUID) -> list[str]:
    rows = model.objects.filter(student_id=student_id).order_by()
    return [str(pk) for pk in rows.values_list("pk", flat=True)]


def _photos(plan: Any, student_id: UUID) -> QuerySet[PhotoTemplate]:
    return PhotoTemplate.objects.filter(pk__in=plan["photos"], student_id=student_id)


def _hand_over(plan: Any, from_id: UUID, to_id: UUID, **values: Any) -> None:
    """Give the rows to the other student. ``values`` are set for faces besides."""
    for row in FaceTemplate.objects.filter(pk__in=plan["faces"], student_id=from_id):
        _seal_for(row, from_id, to_id, sealing.FACE, **values)
    for photo in _photos(plan, from_id):
        _seal_for(photo, from_id, to_id, sealing.PHOTO)


def _seal_for(row: Any, from_id: UUID, to_id: UUID, kind: bytes, **values: Any) -> None:
    """Give the row to the other student, with its seal, in one write. It stays where it is if the
    other student has its like."""
    sealed = sealing.sealed_for(to_id, row.ciphertext, owner_id=from_id, kind=kind)
    rows = type(row).objects.filter(pk=row.pk, student_id=from_id)
    try:
        with one_write():
            rows.update(student_id=to_id, ciphertext=sealed, **values)
    except IntegrityError:
        return
