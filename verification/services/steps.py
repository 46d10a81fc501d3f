"""The code: it is measured, what was measured is recorded, and how it went is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from verification.domain.check_in import (
    Finding,
    judge_code,
    judge_device,
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
