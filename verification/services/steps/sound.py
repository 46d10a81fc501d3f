"""The sound's step: what the phone decoded of the room's loudspeaker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sessions_app.services as teaching
from verification.domain.evidence import EvidenceKind
from verification.domain.sound import HeardSound, judge_sound, measure_sound
from verification.models import CheckInAttempt, EvidenceRecord
from verification.services import attempts, callers, records
from verification.services.callers import Caller
from verification.services.kept import GatheredSpan
from verification.services.steps.nearby import sessions_around
from verification.services.steps.result import StepResult


def hear_sound(
    caller: Caller,
    attempt: CheckInAttempt,
    heard: Sequence[HeardSound],
    *,
    nonce: str,
    now: datetime,
    span: GatheredSpan | None = None,
) -> StepResult:
    """Record what the phone heard of the room's loudspeaker.

    ``span`` is when a check-in in one request was gathered; a report alone is of just now.
    Raises Refusal for another phone, and where nothing more can be added to the attempt.
    """
    callers.require_same_device(caller, attempt)
    earlier = records.earlier_of(attempt, EvidenceKind.SOUND)
    record = earlier.get(nonce)
    if record is None:
        span = span or GatheredSpan(now, now)
        records.require_room(attempt, earlier, now=span.seen_at)
        record = _record(attempt, heard, span.done_at, nonce=nonce, now=now)
    stored = records.sound_in(record, at=record.received_at)
    return StepResult(attempt, tuple(judge_sound(stored, attempts.policy_for(attempt.session))))


def _record(
    attempt: CheckInAttempt,
    heard: Sequence[HeardSound],
    heard_at: datetime,
    *,
    nonce: str,
    now: datetime,
) -> EvidenceRecord:
    session = attempt.session
    sound = measure_sound(
        heard,
        key=teaching.beacon_key(session),
        other_keys=[teaching.beacon_key(other) for other in sessions_around(session, now=heard_at)],
        received_unix_s=heard_at.timestamp(),
        policy=attempts.policy_for(session),
    )
    return records.record(attempt, EvidenceKind.SOUND, key=nonce, nonce=nonce, now=now, sound=sound)
