"""The code's step: the codes that the camera saw, or the digits that the student typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sessions_app.services as teaching
from sessions_app.domain.requirements import Requirement
from sessions_app.models import Session
from verification.domain.check_in import judge_code, judge_device, judge_standing
from verification.domain.evidence import CodeEvidence, EvidenceKind
from verification.domain.findings import Finding
from verification.domain.reasons import Effect
from verification.models import CheckInAttempt, EvidenceRecord
from verification.services import attempts, callers, challenges, decisions, kept, lots, records
from verification.services.callers import Caller
from verification.services.kept import GatheredSpan, Statement
from verification.services.steps.passkey import passkey_options
from verification.services.steps.reading_codes import measure_codes, measure_short_code
from verification.services.steps.result import StepResult


@dataclass(frozen=True, kw_only=True)
class ScannedCodes:
    """The codes as a phone sent them: tokens from the camera, or one short code typed in."""

    tokens: Sequence[str] = ()
    short_code: str = ""
    in_one_request: bool = False
    """Whether all the other evidence came in the same request."""
    statement: Statement | None = None
    """What the phone signed of when it saw the codes, where it kept them for want of a network."""


def scan(
    caller: Caller, attempt: CheckInAttempt, scanned: ScannedCodes, *, nonce: str, now: datetime
) -> StepResult:
    """Record the codes. What is wrong with them, or with who sends them, ends the attempt.

    Raises Refusal where nothing more can be added to the attempt.
    """
    earlier = records.earlier_of(attempt, EvidenceKind.CODE)
    record = earlier.get(nonce)
    if record is None:
        code = _measure(caller, attempt, scanned, now)
        seen_at = kept.span_of(code, attempt.session, now).seen_at
        records.require_room(attempt, earlier, now=seen_at)
        record = records.record(
            attempt, EvidenceKind.CODE, key=nonce, nonce=nonce, now=now, code=code
        )
    findings = _judge(caller, attempt, record)
    span = _gathered_with(record, attempt, now)
    if any(finding.effect is Effect.REFUSE for finding in findings):
        decision = decisions.decide_attempt(caller, attempt, now=now)
        return StepResult(attempt, findings, span, decision=decision)
    good = StepResult(attempt, findings, span)
    return _with_what_is_asked(caller, good, now, is_alone=not scanned.in_one_request)


def _with_what_is_asked(
    caller: Caller, step: StepResult, now: datetime, *, is_alone: bool
) -> StepResult:
    """The step with the challenge of a face, or with what a passkey is asked with, as the lot has
    it. ``is_alone``: whether the phone still waits to hear what comes next."""
    attempt = step.attempt
    policy = attempts.policy_for(attempt.session)
    if not attempts.is_decided(attempt):
        in_doubt = any(finding.effect is Effect.REVIEW for finding in step.findings)
        lots.draw(attempt, policy, in_doubt=in_doubt, now=now)
    asked = lots.asked_of(attempt, policy)
    if asked.face is not Requirement.OFF:
        return replace(step, challenge=challenges.give_challenge(attempt, now=now))
    if asked.passkey is not Requirement.OFF and is_alone:
        return replace(step, passkey_options=passkey_options(caller, attempt, now=now))
    return step


def note_codes_ahead(
    caller: Caller, attempt: CheckInAttempt, tokens: Sequence[str], *, now: datetime
) -> bool:
    """Record the codes with which an attempt was opened ahead, if they are good. They are taken by
    that, so that the lot of level Standard is drawn.

    Returns whether good codes of the attempt came in time, now or before. What is wrong with them
    is held against nobody: the check-in itself brings codes to be judged.
    """
    policy = attempts.policy_for(attempt.session)
    code = measure_codes(tokens, session=attempt.session, received_at=now, one_request=True)
    if kept.came_in_time(code, policy):
        records.record(
            attempt, EvidenceKind.CODE, key=records.AHEAD, nonce=attempt.nonce, now=now, code=code
        )
        _draw_ahead(caller, attempt, code, now)
    return kept.had_codes_in_time(attempt, policy)


def _draw_ahead(caller: Caller, attempt: CheckInAttempt, code: CodeEvidence, now: datetime) -> None:
    """Draw the lot for codes that came ahead, unless their scan would be refused."""
    policy = attempts.policy_for(attempt.session)
    findings = [
        *judge_standing(attempts.standing_of(attempt, at=now)),
        *judge_device(callers.device_evidence(caller, attempt)),
        *judge_code(code, policy),
    ]
    if all(finding.effect is not Effect.REFUSE for finding in findings):
        in_doubt = any(finding.effect is Effect.REVIEW for finding in findings)
        lots.draw(attempt, policy, in_doubt=in_doubt, now=now)


def _measure(
    caller: Caller, attempt: CheckInAttempt, scanned: ScannedCodes, now: datetime
) -> CodeEvidence:
    session = attempt.session
    code = kept.with_statement(
        _read(scanned, session, now),
        scanned.statement,
        attempt,
        attempts.policy_for(session),
        now=now,
    )
    if code.kept_s is not None:
        return code  # codes that were kept are sent from wherever there is a network
    return replace(
        code, same_network=teaching.is_on_walls_network(session, caller.network, now=now)
    )


def _read(scanned: ScannedCodes, session: Session, now: datetime) -> CodeEvidence:
    if scanned.short_code:
        return measure_short_code(scanned.short_code, session=session, received_at=now)
    return measure_codes(
        scanned.tokens, session=session, received_at=now, one_request=scanned.in_one_request
    )


def _judge(caller: Caller, attempt: CheckInAttempt, record: EvidenceRecord) -> tuple[Finding, ...]:
    """What speaks against the student, the phone and the codes when the codes were seen."""
    seen_at = kept.gathered_during(record, attempt, at=record.received_at).seen_at
    return (
        *judge_standing(attempts.standing_of(attempt, at=seen_at)),
        *judge_device(callers.device_evidence(caller, attempt)),
        *judge_code(
            records.code_in(record, at=record.received_at), attempts.policy_for(attempt.session)
        ),
    )


def _gathered_with(record: EvidenceRecord, attempt: CheckInAttempt, now: datetime) -> GatheredSpan:
    """When the evidence that came along was gathered: now, unless a statement says otherwise.

    A scan that is sent again is as old as its record; what is sent beside it this time is new.
    """
    code = records.code_in(record, at=record.received_at)
    if code.kept_s is None:
        return GatheredSpan(now, now)
    return kept.gathered_during(record, attempt, at=now)
