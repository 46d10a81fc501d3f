"""How a step of a check-in went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from verification.domain.findings import Finding
from verification.domain.reasons import Effect
from verification.models import CheckInAttempt, CheckInDecision
from verification.services.challenges import GivenChallenge
from verification.services.kept import GatheredSpan


@dataclass(frozen=True)
class StepResult:
    """What was found against the evidence of one step, and what the phone does next."""

    attempt: CheckInAttempt
    findings: tuple[Finding, ...]
    span: GatheredSpan | None = None
    """The moments between which the check-in was gathered. Only the code's step knows them."""
    challenge: GivenChallenge | None = None
    """The challenge to answer next, where there is one."""
    passkey_options: dict[str, Any] | None = None
    """What the phone asks a passkey with, where one stands for the face."""
    decision: CheckInDecision | None = None
    """The decision on the attempt, where this step ended it."""
    hint: str | None = None
    """What to mend before the next burst, a key of `HINT_WORDS`."""
    tries_left: int | None = None
    """How many more bursts the student may send. Only the face's step knows it."""

    @property
    def accepted(self) -> bool:
        """Whether the step found nothing that refuses the check-in."""
        return all(finding.effect is not Effect.REFUSE for finding in self.findings)
