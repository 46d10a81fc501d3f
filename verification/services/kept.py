"""Kept check-ins: gathered without a network and sent later, with a signed statement on when.

The phone tells the time by its own clock, and whoever has the phone can sign any time. So its
statement counts only within ten minutes, and it leads to the teacher's review at most. What was
gathered is then judged as of the moment at which the code was seen, and not as of its receipt.
Codes alone are not enough: domain/kept.py says what else has to be there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.domain.gathered import verify_gathered
from accounts.domain.jws import InvalidProof
from sessions_app.models import Session
from verification.domain.check_in import judge_code
from verification.domain.evidence import CodeEvidence, EvidenceKind
from verification.domain.policy import Policy
from verification.domain.reasons import Effect
from verification.domain.statements import fault_of
from verification.models import CheckInAttempt, EvidenceRecord
from verification.services import attempts, records
from verification.services.callers import Caller

SENT_WITHIN = timedelta(seconds=Policy().qr_kept_s)
"""How long after the end of its attempt a kept check-in may still come, at most."""
_ROUNDING_S = 1.0
"""Seconds by which the time in a proof may be rounded. Many phones tell whole seconds."""


@dataclass(frozen=True)
class Statement:
    """What the phone signed of when it gathered a check-in, in seconds by its own clock."""

    nonce: str
    """The nonce of the call that the statement came with."""
    kept_s: float = 0.0
    """Seconds from seeing the newest code to sending it."""
    took_s: float = 0.0
    """Seconds from seeing the newest code to the last piece of evidence."""
    fault: str = ""
    """Why the statement does not hold, a name for logs and tests; empty where it does."""


@dataclass(frozen=True)
class GatheredSpan:
    """The two moments between which a check-in was gathered, by the server's clock."""

    seen_at: datetime
    """The moment at which the newest code was seen."""
    done_at: datetime
    """The moment at which the last piece of evidence was there."""

    @property
    def took_s(self) -> float:
        """Seconds between the two moments."""
        return (self.done_at - self.seen_at).total_seconds()


def read_statement(
    text: str,
    *,
    caller: Caller,
    nonce: str,
    tokens: Sequence[str],
    frames: Sequence[bytes],
    sent_at: float,
) -> Statement:
    """The phone's statement that came in a call with these codes and frames.

    ``sent_at`` is when the call's proof was signed: seconds since 1970, by the phone's clock.
    """
    try:
        said = verify_gathered(text, jkt=caller.jkt, nonce=nonce, tokens=tokens, frames=frames)
    except InvalidProof as error:
        return Statement(nonce, fault=error.code)
    if said.done_at > sent_at + _ROUNDING_S:
        return Statement(nonce, fault="bad_time")
    return Statement(nonce, kept_s=sent_at - said.seen_at, took_s=said.done_at - said.seen_at)


def with_statement(
    code: CodeEvidence,
    statement: Statement | None,
    attempt: CheckInAttempt,
    policy: Policy,
    *,
    now: datetime,
) -> CodeEvidence:
    """The evidence with what the statement explains of its age, if there is anything to explain."""
    if (
        statement is None
        or code.newest_age_s is None
        or not _needs_statement(code, attempt, policy, now)
    ):
        return code
    said = replace(
        code,
        kept_s=round(statement.kept_s, 1),
        took_s=round(statement.took_s, 1),
        sent_in_time=had_codes_in_time(attempt, policy),
    )
    fault = statement.fault or fault_of(said, policy)
    if not fault and span_of(said, attempt.session, now).seen_at > attempt.expires_at:
        fault = "attempt_was_over"
    if not fault and _counted_elsewhere(statement.nonce, attempt, policy, now):
        fault = "repeated"
    return replace(code, word_fault=fault) if fault else said


def came_in_time(code: CodeEvidence, policy: Policy) -> bool:
    """Whether codes were read from the screen and reached the server while they counted.

    Digits that were typed do not count here, since they can be read out over the telephone.
    """
    found = judge_code(code, policy)
    is_good = all(finding.effect is not Effect.REFUSE for finding in found)
    return is_good and not code.short and code.kept_s is None


def had_codes_in_time(attempt: CheckInAttempt, policy: Policy) -> bool:
    """Whether good codes of the attempt came in time, in a scan or when it was opened ahead."""
    scans = EvidenceRecord.objects.filter(attempt=attempt, kind=EvidenceKind.CODE)
    return any(came_in_time(records.code_in(scan, at=scan.received_at), policy) for scan in scans)


def span_of(code: CodeEvidence | None, session: Session, received_at: datetime) -> GatheredSpan:
    """When a check-in was gathered: on receipt, unless a statement that holds says otherwise."""
    if code is None or code.kept_s is None or code.newest_age_s is None:
        return GatheredSpan(received_at, received_at)
    # The code is the clock: the server knows when its slot began, whatever time the phone has.
    seen_at = received_at - timedelta(seconds=code.newest_age_s)
    if session.opened_at is not None:  # the session may have been opened amid the slot
        seen_at = max(seen_at, session.opened_at)
    return GatheredSpan(seen_at, min(seen_at + timedelta(seconds=code.took_s), received_at))


def gathered_during(
    record: EvidenceRecord | None, attempt: CheckInAttempt, *, at: datetime
) -> GatheredSpan:
    """When a check-in was gathered, by the record of its codes; ``at`` where there is none."""
    if record is None:
        return GatheredSpan(at, at)
    code = records.code_in(record, at=record.received_at)
    return span_of(code, attempt.session, record.received_at)


def _needs_statement(
    code: CodeEvidence, attempt: CheckInAttempt, policy: Policy, now: datetime
) -> bool:
    """Whether there is an age to explain: a check-in in time is judged like every other."""
    is_fresh = (code.newest_age_s or 0.0) <= policy.qr_fresh_s
    return not (is_fresh and attempt.session.is_open and now <= attempt.expires_at)


def _counted_elsewhere(nonce: str, attempt: CheckInAttempt, policy: Policy, now: datetime) -> bool:
    """Whether a call with this nonce brought codes to another attempt of the student.

    One statement serves one check-in.
    """
    since = now - timedelta(seconds=policy.qr_kept_s) - attempts.ATTEMPT_LIFETIME
    others = CheckInAttempt.objects.filter(student_id=attempt.student_id, opened_at__gt=since)
    ids = list(others.exclude(pk=attempt.pk).values_list("pk", flat=True))
    known = EvidenceRecord.objects.filter(attempt_id__in=ids, kind=EvidenceKind.CODE, nonce=nonce)
    return known.exists()
