"""Liveness challenges: drawn at random, given to a phone, and used up by one burst."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from attendance_project.inserting import insert_or_get
from verification.domain.challenge import Challenge, Move, draw_challenge
from verification.domain.evidence import EvidenceKind
from verification.models import CheckInAttempt, EvidenceRecord, IssuedChallenge

CHALLENGE_LIFETIME = timedelta(seconds=45)
"""How long a challenge can be answered. A burst takes 6.8 to 8.8 s; the rest is for reading, a
permission dialogue and a slow upload."""
BURSTS_REMEMBERED = 5
"""A move that could not be read in one of the student's latest bursts is not asked for again. The
light may have been at fault and not glasses, so the move comes back after this many bursts."""


@dataclass(frozen=True)
class GivenChallenge:
    """A challenge as the phone gets it."""

    number: int
    """Which challenge of its attempt, or of the student's enrolments, it is, counted from 1."""
    challenge: Challenge
    expires_at: datetime


def give_challenge(attempt: CheckInAttempt, *, number: int = 1, now: datetime) -> GivenChallenge:
    """The attempt's newest challenge. That of the ``number`` is drawn here, unless it was before.

    An attempt's first is drawn when the phone is told it.
    """
    challenge = draw_challenge(random.SystemRandom(), without=unreadable_moves(attempt.student_id))
    issued, is_new = insert_or_get(
        IssuedChallenge.objects.all(),
        attempt=attempt,
        number=number,
        defaults={
            "challenge": challenge.to_json(),
            "issued_at": now,
            "expires_at": now + CHALLENGE_LIFETIME,
        },
    )
    return _given(issued) if is_new else _newest(attempt)


def _newest(attempt: CheckInAttempt) -> GivenChallenge:
    issued = IssuedChallenge.objects.filter(attempt=attempt).order_by("-number")[0]
    return _given(issued)


def _given(issued: IssuedChallenge) -> GivenChallenge:
    return GivenChallenge(issued.number, Challenge.from_json(issued.challenge), issued.expires_at)


def challenges_given(attempt: CheckInAttempt) -> int:
    """How many challenges the student was told at the attempt's session, in all attempts."""
    own = CheckInAttempt.objects.filter(session=attempt.session_id, student=attempt.student_id)
    ids = list(own.order_by().values_list("pk", flat=True))
    return IssuedChallenge.objects.filter(attempt_id__in=ids).count()


def unreadable_moves(student_id: UUID) -> set[Move]:
    """Moves that could not be read in the student's latest bursts, as behind dark glasses."""
    bursts = EvidenceRecord.objects.filter(student_id=student_id, kind=EvidenceKind.FACE)
    latest = bursts.order_by("-received_at").values_list("measured", flat=True)[:BURSTS_REMEMBERED]
    return {Move(name) for each in latest for name in each["liveness"].get("moves_unreadable", ())}
