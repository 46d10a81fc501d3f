"""Deciding an attempt on everything that it has gathered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from attendance_project.inserting import insert_or_get
from sessions_app.domain.requirements import Requirement
from sessions_app.models import Session
from verification.domain.asking import Asked
from verification.domain.check_in import (
    Decision,
    Outcome,
    decide,
    grave_reasons,
    has_all,
    judge_burst,
    judge_radio,
)
from verification.domain.evidence import (
    DeviceEvidence,
    DeviceStanding,
    Evidence,
    EvidenceKind,
    FaceReference,
    RadioEvidence,
)
from verification.domain.findings import Finding
from verification.domain.policy import Policy
from verification.domain.reasons import Effect, Reason
from verification.domain.sound import judge_sound
from verification.domain.spared import is_spared
from verification.models import CheckInAttempt, CheckInDecision, EvidenceRecord
from verification.services import (
    attempts,
    callers,
    challenges,
    consequences,
    copies,
    faces,
    kept,
    lots,
    records,
    spared,
)
from verification.services.callers import Caller

_TOO_LATE = frozenset({Reason.BLUETOOTH_TOO_LITTLE, Reason.BLUETOOTH_ANSWER_SLOW})
"""All that is held against a report which is honest and arrives late."""


def decide_attempt(
    caller: Caller, attempt: CheckInAttempt, *, now: datetime, without_face: bool = False
) -> CheckInDecision:
    """Decide the attempt once, and see to the consequences. Calling again changes nothing.

    ``without_face``: the student says that they cannot make the moves, so the teacher looks.

    The decision is written first: if the process dies before its consequences are, the next
    call finds it and sees to them again, each of which is harmless to repeat.
    """
    if attempts.is_decided(attempt):
        decision = attempt.decision
    else:
        device = callers.device_evidence(caller, attempt)
        decision = _decide(attempt, device, now, without_face=without_face)
    consequences.apply_decision(decision)
    return decision


def decide_if_accepted(
    caller: Caller, attempt: CheckInAttempt, *, now: datetime
) -> CheckInDecision | None:
    """Decide the attempt if it has all that its session asks for and nothing speaks against it.

    Returns None where something is missing, or where better evidence may still come: the student
    then goes on, and nothing is decided. An attempt that is decided stays as it was.
    """
    if attempts.is_decided(attempt):
        return decide_attempt(caller, attempt, now=now)
    policy = attempts.policy_for(attempt.session)
    rows = records.records_of(attempt)  # also what other calls have brought meanwhile
    if not has_all({row.kind for row in rows}, policy, lots.asked_of(attempt, policy)):
        return None
    judged = _judge(attempt, rows, callers.device_evidence(caller, attempt), policy, now)
    if judged.decision.outcome not in (Outcome.PRESENT, Outcome.LATE):
        return None
    decision = _store(attempt, judged, policy, now)
    consequences.apply_decision(decision)
    return decision


def settle_expired(session: Session, now: datetime) -> int:
    """Decide what was begun and left: leaving after a bad try must not hide the try.

    Attempts that may still be finished are left alone, so that closing a session costs nobody
    a check-in that is on its way, or that a phone keeps. Returns how many were decided.
    """
    left = CheckInAttempt.objects.filter(session=session, expires_at__lt=now)
    decided = set(
        CheckInDecision.objects.filter(session=session).values_list("attempt_id", flat=True)
    )
    gathered = records.kinds_by_attempt(session)
    undecided = [
        attempt
        for attempt in left
        if attempt.pk in gathered
        and attempt.pk not in decided
        and not _may_be_kept(attempt, gathered[attempt.pk], now)
    ]
    for attempt in undecided:
        settle(attempt, now=now)
    return len(undecided)


def _may_be_kept(attempt: CheckInAttempt, kinds: Collection[str], now: datetime) -> bool:
    """Whether a phone without a network may still keep the burst that the attempt lacks."""
    return EvidenceKind.FACE not in kinds and now <= attempt.expires_at + kept.SENT_WITHIN


def settle(attempt: CheckInAttempt, *, now: datetime) -> CheckInDecision:
    """Decide an attempt that its student left, as of the last evidence received."""
    last = records.records_of(attempt)[-1]
    device = DeviceEvidence(
        standing=DeviceStanding.ACTIVE if attempt.device_id else DeviceStanding.UNKNOWN
    )
    decision = _decide(attempt, device, now, as_of=last.received_at)
    consequences.apply_decision(decision)
    return decision


def _decide(
    attempt: CheckInAttempt,
    device: DeviceEvidence,
    now: datetime,
    as_of: datetime | None = None,
    *,
    without_face: bool = False,
) -> CheckInDecision:
    policy = attempts.policy_for(attempt.session)
    rows = records.records_of(attempt)
    judged = _judge(attempt, rows, device, policy, as_of or now, without_face=without_face)
    if judged.decision.outcome is Outcome.REVIEW and is_spared(judged.decision.reasons):
        number = spared.number_of(attempt, most=policy.spared_per_term, now=now)
        evidence = replace(judged.evidence, spared_number=number)
        judged = _Judged(evidence, decide(evidence, policy))
    return _store(attempt, judged, policy, now)


@dataclass(frozen=True)
class _Judged:
    """What an attempt has gathered, and what follows from it."""

    evidence: Evidence
    decision: Decision


def _judge(
    attempt: CheckInAttempt,
    rows: list[EvidenceRecord],
    device: DeviceEvidence,
    policy: Policy,
    at: datetime,
    *,
    without_face: bool = False,
) -> _Judged:
    evidence = _gather(attempt, rows, device, policy, at)
    evidence = replace(evidence, without_face=without_face)
    return _Judged(evidence, decide(evidence, policy))


def _store(
    attempt: CheckInAttempt, judged: _Judged, policy: Policy, now: datetime
) -> CheckInDecision:
    """Write the decision, or find the one that a racing call wrote first."""
    evidence, decision = judged.evidence, judged.decision
    stored, _ = insert_or_get(
        CheckInDecision.objects.all(),
        attempt=attempt,
        defaults={
            "session": attempt.session,
            "student": attempt.student,
            "outcome": decision.outcome.value,
            "reasons": [reason.value for reason in decision.reasons],
            "counted": [kind.value for kind in decision.counted],
            "evidence": evidence.to_json(),
            "policy": policy.to_json(),
            "policy_version": policy.version,
            "engine": evidence.face.engine if evidence.face else "",
            "decided_at": now,
        },
    )
    return stored


def _gather(
    attempt: CheckInAttempt,
    rows: list[EvidenceRecord],
    device: DeviceEvidence,
    policy: Policy,
    at: datetime,
) -> Evidence:
    """The record of each kind that counts, as evidence of that moment."""
    counts = {row.kind: row for row in rows} | _radio_that_counts(rows, policy, at)
    code, radio = counts.get(EvidenceKind.CODE), counts.get(EvidenceKind.BLUETOOTH)
    sound, burst = counts.get(EvidenceKind.SOUND), counts.get(EvidenceKind.FACE)
    passkey, asked = counts.get(EvidenceKind.PASSKEY), lots.asked_of(attempt, policy)
    span = kept.gathered_during(code, attempt, at=at)
    if code and records.code_in(code, at=at).kept_s is not None:
        at = span.done_at  # part of what was kept may have arrived in time
    return Evidence(
        standing=attempts.standing_of(attempt, at=span.seen_at),
        device=device,
        face_reference=_face_reference(attempt, asked),
        code=records.code_in(code, at=at) if code else None,
        radio=_radio_in(radio, policy, at) if radio else None,
        sound=records.sound_in(sound, at=at) if sound else None,
        face=records.face_in(burst, at=at) if burst else None,
        liveness=records.liveness_in(burst) if burst else None,
        face_ask=asked.ask,
        passkey_asked=asked.passkey is Requirement.REQUIRED,
        passkey=records.passkey_in(passkey, at=at) if passkey else None,
        challenges_given=challenges.challenges_given(attempt) if burst else 0,
        earlier=_earlier([row for row in rows if row is not counts[row.kind]], policy),
    )


def _face_reference(attempt: CheckInAttempt, asked: Asked) -> FaceReference:
    """Whether there is a face to compare with. It is looked up only where the face is asked for,
    since otherwise nothing is judged by it."""
    if asked.face is Requirement.OFF:
        return FaceReference.NONE
    return faces.reference_standing(attempt.student)


def _radio_in(report: EvidenceRecord, policy: Policy, at: datetime) -> RadioEvidence:
    """What the phone heard, compared once more with reports that arrived at the same moment."""
    heard = records.radio_in(report, at=at)
    return replace(heard, copied=heard.copied or copies.was_copied(report, policy))


def _radio_that_counts(
    rows: list[EvidenceRecord], policy: Policy, at: datetime
) -> dict[str, EvidenceRecord]:
    """The newest report of the radio, unless it only came too late to prove anything.

    A phone whose network was away for a while has not left the room: what an earlier report proved
    stays proven. Empty where the attempt has no report.
    """
    reports = [row for row in rows if row.kind == EvidenceKind.BLUETOOTH]
    if not reports:
        return {}
    newest = reports[-1]
    if _held_against(newest, policy, at) <= _TOO_LATE:
        proven = (row for row in reversed(reports) if not _held_against(row, policy, at))
        newest = next(proven, newest)
    return {EvidenceKind.BLUETOOTH: newest}


def _held_against(report: EvidenceRecord, policy: Policy, at: datetime) -> set[Reason]:
    findings = judge_radio(records.radio_in(report, at=at), policy)
    return {finding.reason for finding in findings if finding.effect > Effect.NOTE}


def _earlier(replaced: list[EvidenceRecord], policy: Policy) -> tuple[str, ...]:
    """Grave reasons against records that others of their kind took the place of."""
    findings = [finding for record in replaced for finding in _against(record, policy)]
    return tuple(dict.fromkeys(grave_reasons(findings)))


def _against(record: EvidenceRecord, policy: Policy) -> Iterable[Finding]:
    """What spoke against a record when it was received. Codes end the attempt if they are bad."""
    at = record.received_at
    if record.kind == EvidenceKind.BLUETOOTH:
        return judge_radio(records.radio_in(record, at=at), policy)
    if record.kind == EvidenceKind.SOUND:
        return judge_sound(records.sound_in(record, at=at), policy)
    if record.kind == EvidenceKind.FACE and policy.face is not Requirement.OFF:
        return judge_burst(records.face_in(record, at=at), records.liveness_in(record), policy)
    return ()
