"""The end of a check-in in the call that brings the last piece of evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from verification.services import decisions
from verification.services.callers import Caller
from verification.services.steps.result import StepResult


def finish(caller: Caller, step: StepResult, *, now: datetime) -> StepResult:
    """The step with the decision, where the attempt has all that its session asks for by now and
    nothing speaks against it. Otherwise the step as it is: the student goes on.

    What is not accepted is decided only when the phone asks for it (``decide_attempt``), since a
    better try may follow.
    """
    if step.decision is not None:
        return step
    decision = decisions.decide_if_accepted(caller, step.attempt, now=now)
    return step if decision is None else replace(step, challenge=None, decision=decision)
