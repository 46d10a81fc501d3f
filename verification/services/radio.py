"""The room's radio: what the phone heard and what the beacon answered it, measured and recorded."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from math import ceil

from django.db.models import Q, QuerySet

import sessions_app.services as teaching
from beacon.protocol import NONCE_BYTES, SLOT_S, Answer, slot_at
from sessions_app.models import Session, SessionState, room_key_of
from verification.domain.answers import Nonces, SortedAnswers, sort_answers
from verification.domain.check_in import judge_proximity
from verification.domain.policy import Policy
from verification.domain.proximity import Sighting, Signs, measure, trace_digest
from verification.models import CheckInAttempt, EvidenceKind, EvidenceRecord
from verification.services import attempts, decisions, records
from verification.services.attempts import Caller
from verification.services.late import Span
from verification.services.steps import StepResult

BEACON_LEFT_ON = timedelta(hours=3)
"""How long before or after a session its beacon may be on: for a long lecture in the room."""
TWO_ROOMS_WITHIN = timedelta(minutes=2)
"""As long as evidence lives: nobody is in two rooms on the way of one check-in."""
NONCES_KEPT = timedelta(minutes=10)
"""How far back other check-ins are looked through for the one that an answer was meant for."""


@dataclass(frozen=True)
class RadioReport:
    """What a phone sends of the radio. ``sent_at`` is by its own clock."""

    sightings: Sequence[Sighting] = ()
    answers: Sequence[Answer] = ()
    sent_at: datetime | None = None


def beacon_nonce(attempt: CheckInAttempt) -> bytes:
    """What this check-in asks the room's beacon with. Derived, so that nothing is stored."""
    key = teaching.beacon_nonce_key(attempt.session)
    return hmac.digest(key, attempt.pk.bytes, hashlib.sha256)[:NONCE_BYTES]


def hear_beacon(
    caller: Caller,
    attempt: CheckInAttempt,
    report: RadioReport,
    *,
    nonce: str,
    now: datetime,
    span: Span | None = None,
) -> StepResult:
    """Record what the phone heard of the room's beacon, and what the beacon answered it.

    ``span`` is when a check-in in one request was gathered; a report alone is of just now.
    Raises Refusal for another phone.
    """
    attempts.require_same_device(caller, attempt)
    policy = attempts.policy_for(attempt.session)
    record = records.recorded(attempt, EvidenceKind.BLUETOOTH, nonce)
    if record is None:
        span = span or Span(now, now)
        records.require_room(attempt, EvidenceKind.BLUETOOTH, span.seen_at)
        record = _record(attempt, report, _during(span, policy), nonce, now, span.done_at)
    stored = decisions.proximity_evidence(record, at=record.received_at)
    return StepResult(attempt, tuple(judge_proximity(stored, policy)))


def _during(span: Span, policy: Policy) -> Policy:
    """The policy for what was heard at any moment of the span, and not only at its end."""
    return replace(policy, bt_slots_back=policy.bt_slots_back + ceil(span.took_s / SLOT_S))


def _record(
    attempt: CheckInAttempt,
    report: RadioReport,
    policy: Policy,
    nonce: str,
    now: datetime,
    heard_at: datetime,
) -> EvidenceRecord:
    session = attempt.session
    keys = [teaching.beacon_key(session), *teaching.room_keys(session, heard_at)]
    nearby = [teaching.beacon_key(other) for other in sessions_around(session, heard_at)]
    others = [*nearby, *teaching.other_room_keys(session, heard_at)]
    digest = trace_digest(report.sightings)
    answers = _sorted(attempt, report.answers, keys, others, policy, heard_at)
    signs = Signs(
        answers=answers,
        answer_latency_s=_latency_s(attempt, heard_at) if answers.fresh_slots else None,
        copied=_is_copied(attempt, digest),
        other_room=_was_elsewhere(attempt, heard_at),
        phone_clock_s=_phone_clock_s(report, now),
    )
    heard = measure(
        report.sightings,
        keys=keys,
        other_keys=others,
        received_unix_s=heard_at.timestamp(),
        policy=policy,
        signs=signs,
    )
    return records.record(
        attempt,
        EvidenceKind.BLUETOOTH,
        key=nonce,
        nonce=nonce,
        now=now,
        trace_digest=digest,
        proximity=heard,
    )


# --- whose beacon, whose answer -------------------------------------------------------


def sessions_around(session: Session, now: datetime) -> QuerySet[Session]:
    """Others whose beacons may be on: next door, for the lesson to come, or left on after one."""
    around = (now - BEACON_LEFT_ON, now + BEACON_LEFT_ON)
    near = Q(state=SessionState.OPEN) | Q(closed_at__gt=around[0]) | Q(starts_at__range=around)
    return Session.objects.filter(near).exclude(pk=session.pk)


def _sorted(
    attempt: CheckInAttempt,
    answers: Sequence[Answer],
    keys: list[bytes],
    other_keys: list[bytes],
    policy: Policy,
    now: datetime,
) -> SortedAnswers:
    since = now - NONCES_KEPT
    tried = CheckInAttempt.objects.filter(session_id=attempt.session_id, opened_at__gt=since)
    own = tried.filter(student_id=attempt.student_id).exclude(pk=attempt.pk)
    return sort_answers(
        answers,
        nonces=Nonces(
            beacon_nonce(attempt),
            own_earlier=partial(_nonces_of, own),
            of_others=partial(_nonces_of, tried.exclude(student_id=attempt.student_id)),
        ),
        keys=keys,
        other_keys=other_keys,
        now_slot=slot_at(now.timestamp()),
        policy=policy,
    )


def _nonces_of(tried: QuerySet[CheckInAttempt]) -> list[bytes]:
    return [beacon_nonce(attempt) for attempt in tried.select_related("session")]


# --- signs of a relay -----------------------------------------------------------------


def _latency_s(attempt: CheckInAttempt, now: datetime) -> float:
    """The nonce was told in the answer to the call that opened the attempt."""
    return round((now - attempt.opened_at).total_seconds(), 1)


def _is_copied(attempt: CheckInAttempt, digest: str) -> bool:
    if not digest:
        return False
    same = EvidenceRecord.objects.filter(session_id=attempt.session_id, trace_digest=digest)
    return same.exclude(student_id=attempt.student_id).exists()


def _was_elsewhere(attempt: CheckInAttempt, now: datetime) -> bool:
    """Whether the student was heard in the room of another session a moment ago."""
    since = now - TWO_ROOMS_WITHIN
    recent = CheckInAttempt.objects.filter(
        student_id=attempt.student_id, opened_at__gt=since - attempts.ATTEMPT_LIFETIME
    ).exclude(session_id=attempt.session_id)
    # A session without a room may be anywhere, also here.
    here = room_key_of(attempt.session.room)
    elsewhere = [
        other.pk
        for other in recent.select_related("session")
        if here and room_key_of(other.session.room) not in ("", here)
    ]
    reports = EvidenceRecord.objects.filter(
        attempt_id__in=elsewhere, kind=EvidenceKind.BLUETOOTH, received_at__gt=since
    )
    return any(_was_there(report) for report in reports)


def _was_there(report: EvidenceRecord) -> bool:
    heard = decisions.proximity_evidence(report, at=report.received_at)
    return heard is not None and (heard.heard or heard.answered)


def _phone_clock_s(report: RadioReport, now: datetime) -> float | None:
    if report.sent_at is None:
        return None
    return round((report.sent_at - now).total_seconds(), 1)
