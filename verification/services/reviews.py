"""The teacher's verdict on a check-in that asked for it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

import sessions_app.services as teaching
from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from sessions_app import live
from sessions_app.models import AttendanceMark, AttendanceStatus, MarkSource
from verification.domain.check_in import Outcome
from verification.models import CheckInDecision, ReviewVerdict


def answer_review(
    decision: CheckInDecision, *, verdict: str, note: str, by: User, now: datetime
) -> ReviewVerdict:
    """Confirm or refuse a check-in, and with it all earlier tries of its student that wait at its
    session. A later try waits on, and hinders nothing.

    The first verdict counts; the same one again is harmless. Raises Refusal where the check-in did
    not ask, or was answered otherwise, and where nothing counts at its session.
    """
    teaching.require_effect(decision.session)
    if decision.outcome != Outcome.REVIEW:
        raise Refusal(
            "not_in_review",
            _("This check-in does not need to be confirmed. Mark by hand to change it."),
            Kind.CONFLICT,
        )
    given = _answer_to_a_later_try(decision) or _give(decision, verdict, note, by, now)
    if given.verdict != verdict:
        raise Refusal("already_answered", _answered(given.verdict), Kind.CONFLICT)
    if given.verdict == ReviewVerdict.CONFIRMED:
        _record(given.decision, given)
    _tell(given.decision, given.verdict)
    return given


def _give(
    decision: CheckInDecision, verdict: str, note: str, by: User, now: datetime
) -> ReviewVerdict:
    """Write the verdict, or find the one that stands.

    An answer to a later try that was given at the same moment goes before it, for it answers this
    try too. So of two people who answer at once, one alone is heard.
    """
    given, is_new = ReviewVerdict.objects.get_or_create(
        decision=decision,
        is_undone=False,
        defaults={"verdict": verdict, "note": note, "by": by, "at": now},
    )
    later = _answer_to_a_later_try(decision) if is_new else None
    if later is None:
        return given
    ReviewVerdict.objects.filter(pk=given.pk).update(is_undone=True, undone_at=now)
    return later


def _answer_to_a_later_try(decision: CheckInDecision) -> ReviewVerdict | None:
    """The standing verdict on the latest answered try after this one, of the same student at the
    same session."""
    later = CheckInDecision.objects.filter(
        session_id=decision.session_id,
        student_id=decision.student_id,
        outcome=Outcome.REVIEW,
        decided_at__gt=decision.decided_at,
    )
    standing = ReviewVerdict.objects.filter(
        decision_id__in=list(later.values_list("pk", flat=True)), is_undone=False
    ).select_related("decision")
    return max(standing, key=lambda given: given.decision.decided_at, default=None)


def _record(decision: CheckInDecision, given: ReviewVerdict) -> None:
    """Write the mark. Late is counted from the scan, not from when the teacher found time to
    confirm."""
    late = decision.evidence["standing"]["late"]
    teaching.record_mark(
        session=decision.session,
        student=decision.student,
        status=AttendanceStatus.LATE if late else AttendanceStatus.PRESENT,
        source=MarkSource.REVIEW,
        key=f"review:{given.pk}",
        reason=given.note,
        evidence=decision.counted,
        by=given.by,
        now=given.at,
    )
    if ReviewVerdict.objects.filter(pk=given.pk, is_undone=True).exists():
        _take_back(given, given.by, given.at)  # undone before its mark was written


def _answered(verdict: str) -> str:
    if verdict == ReviewVerdict.CONFIRMED:
        return _("This check-in is already confirmed. Mark by hand to change it.")
    return _("This check-in is already refused. Mark by hand to change it.")


def undo_review(given: ReviewVerdict, *, by: User, now: datetime) -> None:
    """Take one's own verdict back within seconds; the check-in waits again. Harmless to repeat.

    The row stays and counts no more. Raises Refusal not_yours, undo_too_late, and
    session_cancelled or session_annulled where nothing counts.
    """
    if given.by_id != by.pk:
        raise Refusal(
            "not_yours",
            _("Only the person who decided this can undo it. Mark by hand instead."),
            Kind.NOT_ALLOWED,
        )
    teaching.require_effect(given.decision.session)
    standing = ReviewVerdict.objects.filter(pk=given.pk, is_undone=False)
    if teaching.is_undoable(given.at, now=now):
        standing.update(is_undone=True, undone_at=now)
    if standing.exists():
        raise teaching.too_late()
    _take_back(given, by, now)
    _tell(given.decision, Outcome.REVIEW)


def _take_back(given: ReviewVerdict, by: User, now: datetime) -> None:
    for mark in AttendanceMark.objects.filter(key=f"review:{given.pk}"):
        teaching.take_back(mark, by=by, now=now)


def _tell(decision: CheckInDecision, outcome: str) -> None:
    live.publish(
        decision.session_id,
        {
            "type": "check_in",
            "student_id": str(decision.student_id),
            "decision_id": str(decision.pk),
            "outcome": outcome,
            "reasons": [],
        },
    )
