"""What a check finds: a reason, with the effect it has under a session's policy."""

from collections.abc import Iterator
from dataclasses import dataclass

from sessions_app.domain.requirements import Requirement
from verification.domain.policy import Policy
from verification.domain.reasons import RULES, Effect, Reason, Severity


@dataclass(frozen=True)
class Finding:
    """A reason that a check found, with its effect under the session's policy."""

    reason: Reason
    effect: Effect

    @property
    def severity(self) -> Severity | None:
        return RULES[self.reason].severity


def finding_of(reason: Reason) -> Finding:
    """The reason with the effect that its rule gives it."""
    return Finding(reason, RULES[reason].effect)


def missing(reason: Reason, requirement: Requirement) -> Finding:
    """Required evidence that is missing refuses; preferred evidence asks the teacher."""
    return Finding(reason, Effect.REFUSE if requirement is Requirement.REQUIRED else Effect.REVIEW)


def judge_evidence_age(age_s: float, policy: Policy) -> Iterator[Finding]:
    """Evidence counts for a while only, so that one check-in is of one moment."""
    if age_s > policy.evidence_max_age_s:
        yield finding_of(Reason.EVIDENCE_EXPIRED)
