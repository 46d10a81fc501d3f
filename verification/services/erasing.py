"""What erasing a student does to check-ins: decisions stay as the register's reasons."""

from datetime import datetime

from accounts.models import User
from verification.models import (
    CheckInAttempt,
    EvidenceRecord,
    FaceLot,
    ReviewVerdict,
    SparedCheck,
    StrikeNotice,
    Warning,
    WarningVerdict,
)
from verification.services.faces import erase_face


def erase_check_ins(student: User, now: datetime) -> None:
    """The face goes, and what was measured, said and written; nobody is left to answer a warning.

    ADR 8 tells what stays.
    """
    erase_face(student, by=None, now=now)
    mine = {"student_id": student.pk}
    EvidenceRecord.objects.filter(**mine).delete()
    CheckInAttempt.objects.filter(**mine).update(jkt="")
    StrikeNotice.objects.filter(**mine).delete()
    SparedCheck.objects.filter(**mine).delete()
    FaceLot.objects.filter(**mine).delete()
    warnings = Warning.objects.filter(**mine)
    warnings.filter(verdict=WarningVerdict.OPEN).update(
        verdict=WarningVerdict.DISMISSED, verdict_at=now
    )
    warnings.update(appeal="", verdict_note="", measured={})
    ids = list(student.check_in_decisions.values_list("pk", flat=True))
    ReviewVerdict.objects.filter(decision_id__in=ids).update(note="")
