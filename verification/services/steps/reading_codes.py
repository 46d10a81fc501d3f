"""Makes evidence from the texts that a camera saw, or from the digits that a student typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sessions_app.services as teaching
from accounts.models import User
from attendance_project.reading import only_row
from sessions_app.domain import qr_tokens
from sessions_app.models import Session
from verification.domain.evidence import CodeEvidence
from verification.services.attempts import is_on_course

CLOCK_TOLERANCE_S = 1.0
"""Seconds by which the clocks of two servers of one installation may differ. They use NTP."""


@dataclass(frozen=True)
class _Tokens:
    """What the texts say, before anybody looks at their signatures."""

    claims: list[qr_tokens.Claim]
    malformed: int
    """How many of the texts are no tokens of this system."""


def session_named_by(tokens: Sequence[str], *, student: User) -> Session | None:
    """The session of the first token that names one; the token need not be authentic.

    Whether the student is on its course is read with it, for the attempt that is opened next.
    """
    on_course = is_on_course(student, of="course_id")
    for claim in _read(tokens).claims:
        named = Session.objects.filter(code=claim.session_code).select_related("wall")
        session = only_row(named.annotate(on_course=on_course))
        if session is not None:
            return session
    return None


def measure_codes(
    tokens: Sequence[str], *, session: Session, received_at: datetime, one_request: bool
) -> CodeEvidence:
    """Sort the tokens into authentic, forged, foreign and unreadable; age the authentic ones."""
    read = _read(tokens)
    key = teaching.code_key(session)
    own = [claim for claim in read.claims if claim.session_code == session.code]
    authentic = [claim for claim in own if qr_tokens.is_authentic(key, claim)]
    all_slots = {claim.slot for claim in authentic}
    shown = sorted(slot for slot in all_slots if _was_shown(slot, session, received_at))
    newest_age_s = (
        received_at.timestamp() - qr_tokens.slot_start(shown[-1], session.qr_slot_s)
        if shown
        else None
    )
    return CodeEvidence(
        age_s=0.0,
        slots=tuple(shown),
        newest_age_s=newest_age_s,
        forged=len(own) - len(authentic),
        malformed=read.malformed,
        other_session=len(read.claims) - len(own),
        outside_opening=len(all_slots) - len(shown),
        one_request=one_request,
    )


def measure_short_code(text: str, *, session: Session, received_at: datetime) -> CodeEvidence:
    """Whether the digits are those of now or of the slot before, for slow typists."""
    slot_s = qr_tokens.short_slot_s(session.qr_slot_s)
    slot = qr_tokens.slot_at(received_at.timestamp(), slot_s)
    right = qr_tokens.is_short_code(
        teaching.short_code_key(session), text, slots=range(slot - 1, slot + 1)
    )
    return CodeEvidence(age_s=0.0, short=True, slots=(slot,) if right else ())


def _read(tokens: Sequence[str]) -> _Tokens:
    claims, malformed = [], 0
    for text in tokens:
        try:
            claims.append(qr_tokens.read(text))
        except qr_tokens.MalformedToken:
            malformed += 1
    return _Tokens(claims, malformed)


def _was_shown(slot: int, session: Session, received_at: datetime) -> bool:
    """Whether the slot's code stood on the screen before it was received."""
    begins_s = qr_tokens.slot_start(slot, session.qr_slot_s)
    ends_s = begins_s + session.qr_slot_s
    if session.let_in_from is None or ends_s <= session.let_in_from.timestamp():
        return False
    closed_at = None if session.is_open else session.closed_at
    if closed_at is not None and begins_s > closed_at.timestamp():
        return False
    return begins_s <= received_at.timestamp() + CLOCK_TOLERANCE_S
