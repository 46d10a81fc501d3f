"""The code and the radio: each step measures, records what it measured, says how it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

import sessions_app.services as teaching
from sessions_app.models import Session, SessionState
from verification.domain import proximity
from verification.domain.check_in import (
    Finding,
    judge_code,
    judge_device,
    judge_proximity,
    judge_standing,
)
from verification.domain.reasons import Effect
from verification.models import CheckInAttempt, CheckInDecision, EvidenceKind, EvidenceRecord
from verification.services import attempts, codes, decisions, records
from verification.services.attempts import Caller, IssuedPrompt


@dataclass(frozen=True)
class StepResult:
    """How a step went. ``decision`` is there where the step ended the attempt."""

    attempt: CheckInAttempt
    findings: tuple[Finding, ...]
    prompt: IssuedPrompt | None = None
    decision: CheckInDecision | None = None
    hint: str | None = None
    tries_left: int | None = None

    @property
    def accepted(self) -> bool:
        return all(finding.effect is not Effect.REFUSE for finding in self.findings)


# --- the code -------------------------------------------------------------------------


def scan(
    caller: Caller,
    attempt: CheckInAttempt,
    *,
    tokens: Sequence[str] = (),
    short_code: str = "",
    nonce: str,
    now: datetime,
    one_request: bool = False,
) -> StepResult:
    """Record the codes. What is wrong with them, or with who sends them, ends the attempt."""
    known = records.recorded(attempt, EvidenceKind.CODE, nonce)
    if known is None:
        records.require_room(attempt, EvidenceKind.CODE, now)
        session = attempt.session
        code = (
            codes.measure_short_code(short_code, session=session, received_at=now)
            if short_code
            else codes.measure_codes(
                tokens, session=session, received_at=now, one_request=one_request
            )
        )
        known = records.record(
            attempt, EvidenceKind.CODE, key=nonce, nonce=nonce, now=now, code=code
        )
    findings = _findings_on_scan(caller, attempt, known)
    decision = None
    if any(finding.effect is Effect.REFUSE for finding in findings):
        decision = decisions.mark(caller, attempt, now=now)
    prompt = None if decision else attempts.give_challenge(attempt, now)
    return StepResult(attempt, findings, prompt=prompt, decision=decision)


def _findings_on_scan(
    caller: Caller, attempt: CheckInAttempt, record: EvidenceRecord
) -> tuple[Finding, ...]:
    policy = attempts.policy_for(attempt.session)
    code = decisions.code_evidence(record, at=record.received_at)
    standing = attempts.standing_of(caller.user, attempt.session, at=record.received_at)
    return (
        *judge_standing(standing),
        *judge_device(attempts.device_evidence(caller, attempt)),
        *judge_code(code, policy),
    )


# --- the room's radio -----------------------------------------------------------------


def hear_beacon(
    caller: Caller,
    attempt: CheckInAttempt,
    *,
    sightings: Sequence[proximity.Sighting],
    nonce: str,
    now: datetime,
) -> StepResult:
    """Record what the phone heard of the room's beacon. Raises Refusal for another phone."""
    attempts.require_same_device(caller, attempt)
    policy = attempts.policy_for(attempt.session)
    record = records.recorded(attempt, EvidenceKind.BLUETOOTH, nonce)
    if record is None:
        records.require_room(attempt, EvidenceKind.BLUETOOTH, now)
        digest = proximity.trace_digest(sightings)
        heard = proximity.measure(
            sightings,
            key=teaching.beacon_key(attempt.session),
            other_keys=_keys_of_other_sessions(attempt.session, now),
            received_unix_s=now.timestamp(),
            copied=_is_copied(attempt, digest),
            policy=policy,
        )
        record = records.record(
            attempt,
            EvidenceKind.BLUETOOTH,
            key=nonce,
            nonce=nonce,
            now=now,
            trace_digest=digest,
            proximity=heard,
        )
    stored = decisions.proximity_evidence(record, at=record.received_at)
    return StepResult(attempt, tuple(judge_proximity(stored, policy)))


BEACON_LEFT_ON = timedelta(hours=3)
"""How long before or after a session its beacon may be on: for a long lecture in the room."""


def _keys_of_other_sessions(session: Session, now: datetime) -> list[bytes]:
    """Those whose beacons may be on: next door, for the lesson to come, or left on after one."""
    around = (now - BEACON_LEFT_ON, now + BEACON_LEFT_ON)
    near = Q(state=SessionState.OPEN) | Q(closed_at__gt=around[0]) | Q(starts_at__range=around)
    others = Session.objects.filter(near).exclude(pk=session.pk)
    return [teaching.beacon_key(other) for other in others]


def _is_copied(attempt: CheckInAttempt, digest: str) -> bool:
    if not digest:
        return False
    same = EvidenceRecord.objects.filter(session_id=attempt.session_id, trace_digest=digest)
    return same.exclude(student_id=attempt.student_id).exists()
