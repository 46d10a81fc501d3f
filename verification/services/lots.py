"""The lot of level Standard: whether a student is asked for the face at a session.

It is drawn after good codes were taken, so that nobody knows it before, and once for each student
and session. What makes the face necessary is looked at again at each scan: a lot that asked for no
face may become one that asks, and never the other way round.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

import accounts.services as people
from attendance_project.inserting import insert_or_get
from sessions_app.domain.levels import Level
from sessions_app.models import Session
from verification.domain.asking import Asked, Past, Shown, must_ask, shown_by
from verification.domain.evidence import FaceAsk
from verification.domain.policy import Policy
from verification.domain.reasons import Reason
from verification.models import CheckInAttempt, CheckInDecision, FaceLot, ReviewVerdict

LOOKED_BACK = 100
"""How many of the course's newest decisions on a student are looked at. In more than so many
without a face that was seen, the face is asked for as if it were the first time."""


def draw(attempt: CheckInAttempt, policy: Policy, *, in_doubt: bool, now: datetime) -> None:
    """Draw the lot of the attempt's student and session, unless it is there and asks already.

    Nothing is drawn at other levels. ``in_doubt``: whether the codes of this attempt are in doubt.
    """
    if policy.level is not Level.STANDARD:
        return
    lot = _lot_of(attempt)
    if lot is not None and lot.ask != FaceAsk.NOT_ASKED:
        return
    has_passkey = people.has_own_passkey(attempt.student)
    past = _past_of(attempt, has_passkey=has_passkey)
    needed = must_ask(past, attempt.jkt, in_doubt=in_doubt)
    if lot is None:
        lot = _drawn(attempt, needed or _by_chance(policy), has_passkey, now)
    if needed is not None and lot.ask == FaceAsk.NOT_ASKED:
        lot = _raised(lot, needed)
    attempt.lots = [lot]


def ask_instead(attempt: CheckInAttempt) -> None:
    """Note that the student shows the face in place of the passkey, which cannot be undone."""
    lot = _lot_of(attempt)
    if lot is not None and lot.ask == FaceAsk.NOT_ASKED:
        attempt.lots = [_raised(lot, FaceAsk.INSTEAD)]


def asked_of(attempt: CheckInAttempt, policy: Policy) -> Asked:
    """What the attempt's student is asked for at its session besides the code and the room."""
    if policy.level is not Level.STANDARD:
        return Asked(policy.face)
    lot = _lot_of(attempt)
    if lot is None:
        return Asked(policy.face)
    return Asked.of(policy, FaceAsk(lot.ask), passkey=lot.passkey)


def _lot_of(attempt: CheckInAttempt) -> FaceLot | None:
    if attempt.lots is None:
        own = FaceLot.objects.filter(student_id=attempt.student_id, session_id=attempt.session_id)
        attempt.lots = list(own.order_by()[:1])
    return attempt.lots[0] if attempt.lots else None


def _by_chance(policy: Policy) -> FaceAsk:
    is_drawn = secrets.randbelow(policy.face_one_in) == 0
    return FaceAsk.LOT if is_drawn else FaceAsk.NOT_ASKED


def _drawn(attempt: CheckInAttempt, ask: FaceAsk, has_passkey: bool, now: datetime) -> FaceLot:
    """Write the lot, or find the one that a racing scan wrote first, which counts."""
    lot: FaceLot = insert_or_get(
        FaceLot.objects.all(),
        student_id=attempt.student_id,
        session_id=attempt.session_id,
        defaults={
            "course_id": attempt.session.course_id,
            "ask": ask.value,
            "passkey": has_passkey,
            "drawn_at": now,
        },
    )[0]
    return lot


def _raised(lot: FaceLot, ask: FaceAsk) -> FaceLot:
    """Let a lot that asked for no face ask for it. Where another call was faster, its reason
    stands."""
    unasked = FaceLot.objects.filter(pk=lot.pk, ask=FaceAsk.NOT_ASKED)
    if unasked.update(ask=ask.value):
        lot.ask = ask.value
    else:
        lot.refresh_from_db()
    return lot


# --- what the course knows ------------------------------------------------------------


def _past_of(attempt: CheckInAttempt, *, has_passkey: bool) -> Past:
    """What the course knows of the attempt's student."""
    decisions = _decisions_in_course(attempt)
    confirmed = _confirmed(decisions)
    has_doubt = False
    for row in decisions:
        is_confirmed = row["pk"] in confirmed
        shown = shown_by(row["outcome"], row["reasons"], row["counted"], is_confirmed=is_confirmed)
        if shown is Shown.SEEN:
            return _past_since(attempt, row, has_doubt=has_doubt, has_passkey=has_passkey)
        has_doubt = has_doubt or shown is Shown.DOUBT
    return Past()


def _past_since(
    attempt: CheckInAttempt, seen: dict[str, Any], *, has_doubt: bool, has_passkey: bool
) -> Past:
    """What happened since the student was last seen, by that decision."""
    phones = CheckInAttempt.objects.filter(pk=seen["attempt_id"])
    others = FaceLot.objects.filter(
        student_id=attempt.student_id, course_id=attempt.session.course_id
    ).exclude(session_id=attempt.session_id)
    last = others.order_by("-drawn_at", "pk").first()
    return Past(
        phone=phones.values_list("jkt", flat=True).first(),
        has_doubt=has_doubt,
        has_left=last is not None
        and last.ask != FaceAsk.NOT_ASKED
        and last.drawn_at > seen["decided_at"],
        lost_passkey=last is not None and last.passkey and not has_passkey,
    )


def _decisions_in_course(attempt: CheckInAttempt) -> list[dict[str, Any]]:
    """The course's decisions on the student, the newest first. Sessions are asked for by their ids,
    since MongoDB would join them all."""
    course_id = attempt.session.course_id
    sessions = Session.objects.filter(course_id=course_id).order_by().values_list("pk", flat=True)
    own = CheckInDecision.objects.filter(
        student_id=attempt.student_id, session_id__in=list(sessions)
    )
    fields = ("pk", "attempt_id", "outcome", "reasons", "counted", "decided_at")
    return list(own.order_by("-decided_at", "pk").values(*fields)[:LOOKED_BACK])


def _confirmed(decisions: list[dict[str, Any]]) -> set[UUID]:
    """Those of the decisions on students without a face that a teacher confirmed."""
    ids = [row["pk"] for row in decisions if Reason.FACE_DECLINED.value in row["reasons"]]
    if not ids:
        return set()
    verdicts = ReviewVerdict.objects.filter(
        decision_id__in=ids, verdict=ReviewVerdict.CONFIRMED, is_undone=False
    )
    return set(verdicts.values_list("decision_id", flat=True))
