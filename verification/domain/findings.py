"""A reason that a check found, with the effect it has under a session's policy."""

from collections.abc import Iterator
from dataclasses import dataclass

from verification.domain.policy import Need, Policy
from verification.domain.reasons import RULES, Effect, Reason, Severity


@dataclass(frozen=True)
class Finding:
    """A reason, with the effect it has under this policy."""

    reason: Reason
    effect: Effect

    @property
    def severity(self) -> Severity | None:
        return RULES[self.reason].severity


def found(reason: Reason) -> Finding:
    return Finding(reason, RULES[reason].effect)


def missing(reason: Reason, need: Need) -> Finding:
    """Required evidence that is missing refuses; preferred evidence asks the teacher."""
    return Finding(reason, Effect.REFUSE if need is Need.REQUIRED else Effect.REVIEW)


def judge_evidence_age(age_s: float, policy: Policy) -> Iterator[Finding]:
    if age_s > policy.evidence_max_age_s:
        yield found(Reason.EVIDENCE_EXPIRED)
