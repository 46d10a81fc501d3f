"""The code: it is measured, what was measured is recorded, and how it went is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sessions_app.services as teaching
from verification.domain.check_in import judge_code, judge_device, judge_standing
from verification.domain.findings import Finding
from verification.domain.reasons import Effect
from verification.models import CheckInAttempt, CheckInDecision, EvidenceKind, EvidenceRecord
from verification.services import attempts, codes, decisions, late, records
from verification.services.attempts import Caller, IssuedPrompt
from verification.services.late import Span, Word


@dataclass(frozen=True)
class StepResult:
    """How a step went. ``decision`` is there where the step ended the attempt."""

    attempt: CheckInAttempt
    findings: tuple[Finding, ...]
    span: Span | None = None
    """When the codes were seen, where the step was about codes."""
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
    word: Word | None = None,
) -> StepResult:
    """Record the codes. What is wrong with them, or with who sends them, ends the attempt.

    ``word`` is the phone's on when it saw them, if they were kept until there was a network.
    """
    known = records.recorded(attempt, EvidenceKind.CODE, nonce)
    if known is None:
        session = attempt.session
        code = (
            codes.measure_short_code(short_code, session=session, received_at=now)
            if short_code
            else codes.measure_codes(
                tokens, session=session, received_at=now, one_request=one_request
            )
        )
        code = late.with_word(code, word, attempt, attempts.policy_for(session), now)
        if code.kept_s is None:  # what was kept is sent from wherever there is a network
            on_it = teaching.is_on_walls_network(session, caller.network, now)
            code = replace(code, same_network=on_it)
        seen_at = late.span_of(code, session, now).seen_at
        records.require_room(attempt, EvidenceKind.CODE, seen_at)
        known = records.record(
            attempt, EvidenceKind.CODE, key=nonce, nonce=nonce, now=now, code=code
        )
    findings = _findings_on_scan(caller, attempt, known)
    decision = None
    if any(finding.effect is Effect.REFUSE for finding in findings):
        decision = decisions.mark(caller, attempt, now=now)
    prompt = None if decision else attempts.give_challenge(attempt, now)
    return StepResult(
        attempt, findings, _span(known, attempt, now), prompt=prompt, decision=decision
    )


def _span(record: EvidenceRecord, attempt: CheckInAttempt, now: datetime) -> Span:
    """When what comes along was gathered: just now, unless a word that holds says otherwise.

    A scan that is sent again is as old as it is; what is sent beside it the second time is not.
    """
    code = decisions.code_evidence(record, at=record.received_at)
    if code is None or code.kept_s is None:
        return Span(now, now)
    return decisions.gathered_during(record, attempt, at=now)


def _findings_on_scan(
    caller: Caller, attempt: CheckInAttempt, record: EvidenceRecord
) -> tuple[Finding, ...]:
    policy = attempts.policy_for(attempt.session)
    code = decisions.code_evidence(record, at=record.received_at)
    seen_at = decisions.gathered_during(record, attempt, at=record.received_at).seen_at
    standing = attempts.standing_of(caller.user, attempt.session, at=seen_at)
    return (
        *judge_standing(standing),
        *judge_device(attempts.device_evidence(caller, attempt)),
        *judge_code(code, policy),
    )
