"""What the register and the reports show of check-ins that made no attendance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from sessions_app.domain.wording import KINDS_OF_EVIDENCE
from sessions_app.hooks import RegisterExtra, Undo
from sessions_app.models import Session
from verification.domain.check_in import Outcome
from verification.domain.spared import spared_in
from verification.models import CheckInDecision, ReviewVerdict
from verification.queries.reviews import is_refused, refused_until
from verification.words import label_of, spared_in_words


def register_extras(session: Session) -> dict[UUID, RegisterExtra]:
    """Each student's latest check-in that made no attendance, for the live register.

    One that waits for the teacher is not hidden by a later one that was refused.
    """
    decisions = list(CheckInDecision.objects.filter(session=session).order_by("decided_at", "pk"))
    in_review = [d for d in decisions if d.outcome == Outcome.REVIEW]
    settled = refused_until((d.pk, session.pk, d.student_id, d.decided_at) for d in in_review)
    # One that was confirmed has an attendance, and the register shows that; without one the
    # confirmation was cut short and has to be given again.
    waiting = {
        decision.student_id: decision
        for decision in in_review
        if not is_refused((session.pk, decision.student_id), decision.decided_at, settled)
    }
    latest = {decision.student_id: decision for decision in decisions}
    return {
        student_id: _extra(waiting.get(student_id, decision), waits=student_id in waiting)
        for student_id, decision in latest.items()
        if decision.outcome in (Outcome.REVIEW, Outcome.REFUSED)
    }


def _extra(decision: CheckInDecision, *, waits: bool) -> RegisterExtra:
    return {
        "outcome": "review" if waits else "refused",
        "reasons": [label_of(code) for code in decision.reasons],
        "signs": _signs(decision, waits=waits),
        "decision_id": str(decision.pk) if waits else None,
        "at": decision.decided_at,
    }


def _signs(decision: CheckInDecision, *, waits: bool) -> list[str]:
    """What helps to tell, and decides nothing."""
    spared = spared_in(decision.evidence, decision.policy)
    counted = [spared_in_words(spared)] if spared else []
    ask = decision.evidence.get("face_ask")
    counted += [gettext(KINDS_OF_EVIDENCE[ask])] if ask else []
    same = (decision.evidence.get("code") or {}).get("same_network")
    if same is None or not waits:
        return counted
    return [*counted, gettext("on your network") if same else gettext("on another network")]


def undoable_verdicts(session: Session, since: datetime) -> dict[UUID, Undo]:
    """Verdicts given after a time, by student: their authors can still take them back."""
    recent = ReviewVerdict.objects.filter(at__gt=since, is_undone=False).select_related("decision")
    return {
        given.decision.student_id: {
            "url": reverse("review-undo", args=[given.pk]),
            "by": given.by_id,
            "at": given.at,
        }
        for given in recent.order_by("at", "pk")
        if given.decision.session_id == session.pk
    }


def unmarked_check_ins(student: User, session_ids: Sequence[UUID]) -> dict[UUID, str]:
    """For each session, ``review`` or ``refused`` where the student's check-in made no attendance.

    As in the register: one that waits for the teacher is not hidden by a later refused one, and
    whoever has an attendance is not asked about here.
    """
    decisions = CheckInDecision.objects.filter(
        student_id=student.pk, session_id__in=list(session_ids)
    )
    fields = ("pk", "session_id", "outcome", "decided_at")
    rows = list(decisions.order_by("decided_at", "pk").values_list(*fields))
    settled = refused_until(
        (pk, session_id, student.pk, at)
        for pk, session_id, outcome, at in rows
        if outcome == Outcome.REVIEW
    )
    found: dict[UUID, str] = {}
    for _pk, session_id, outcome, at in rows:
        is_in_review = outcome == Outcome.REVIEW
        waits = is_in_review and not is_refused((session_id, student.pk), at, settled)
        if waits or (outcome in (Outcome.REVIEW, Outcome.REFUSED) and session_id not in found):
            found[session_id] = Outcome.REVIEW.value if waits else Outcome.REFUSED.value
    return found
