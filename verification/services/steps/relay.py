"""Signs that somebody else's phone was in the room, looked up in what students reported before."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db.models import QuerySet

import sessions_app.services as teaching
from beacon.protocol import NONCE_BYTES, Answer, slot_at
from sessions_app.domain.rooms import share_room
from verification.domain.answers import Nonces, SortedAnswers, sort_answers
from verification.domain.evidence import EvidenceKind
from verification.domain.policy import Policy
from verification.models import CheckInAttempt, EvidenceRecord
from verification.services import attempts, records

TWO_ROOMS_WITHIN = timedelta(minutes=2)
"""Nobody can be in two rooms within this time. It is as long as evidence counts for a check-in."""
NONCES_KEPT = timedelta(minutes=10)
"""How far back other check-ins are looked through for the one that an answer was meant for."""


def beacon_nonce(attempt: CheckInAttempt) -> bytes:
    """What this check-in asks the room's beacon with. Derived, so that nothing is stored."""
    key = teaching.beacon_nonce_key(attempt.session)
    return hmac.digest(key, attempt.pk.bytes, hashlib.sha256)[:NONCE_BYTES]


def sorted_answers(
    attempt: CheckInAttempt,
    answers: Sequence[Answer],
    *,
    keys: Collection[bytes],
    other_keys: Collection[bytes],
    policy: Policy,
    heard_at: datetime,
) -> SortedAnswers:
    """The beacon's answers, by whether they were given to this check-in.

    ``keys`` are those of the session's room; ``other_keys`` those of beacons next door.
    """
    since = heard_at - NONCES_KEPT
    recent = CheckInAttempt.objects.filter(session_id=attempt.session_id, opened_at__gt=since)
    own = recent.filter(student_id=attempt.student_id).exclude(pk=attempt.pk)
    return sort_answers(
        answers,
        nonces=Nonces(
            beacon_nonce(attempt),
            own_earlier=partial(_nonces_of, own),
            of_others=partial(_nonces_of, recent.exclude(student_id=attempt.student_id)),
        ),
        keys=keys,
        other_keys=other_keys,
        now_slot=slot_at(heard_at.timestamp()),
        policy=policy,
    )


def _nonces_of(tried: QuerySet[CheckInAttempt]) -> list[bytes]:
    return [beacon_nonce(attempt) for attempt in tried.select_related("session")]


def answer_latency_s(attempt: CheckInAttempt, heard_at: datetime) -> float:
    """Seconds since the phone was told the nonce, which is when the attempt was opened."""
    return round((heard_at - attempt.opened_at).total_seconds(), 1)


def was_elsewhere(attempt: CheckInAttempt, heard_at: datetime) -> bool:
    """Whether the student was heard in the room of another session a moment ago."""
    since = heard_at - TWO_ROOMS_WITHIN
    recent = CheckInAttempt.objects.filter(
        student_id=attempt.student_id, opened_at__gt=since - attempts.ATTEMPT_LIFETIME
    ).exclude(session_id=attempt.session_id)
    # A session without a room may be anywhere, also here.
    here = attempt.session.room.strip()
    elsewhere = [
        other
        for other, room in recent.order_by().values_list("pk", "session__room")
        if here and (there := room.strip()) and not share_room(here, there)
    ]
    reports = EvidenceRecord.objects.filter(
        attempt_id__in=elsewhere, kind=EvidenceKind.BLUETOOTH, received_at__gt=since
    )
    return any(_was_there(report) for report in reports)


def _was_there(report: EvidenceRecord) -> bool:
    heard = records.radio_in(report, at=report.received_at)
    return heard.heard or heard.answered
