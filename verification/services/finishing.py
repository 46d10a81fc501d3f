"""The end of a check-in in the call that brings the last piece of evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from verification.domain.live_film import LiveFilm
from verification.engines.base import BurstMeasurement
from verification.services import decisions
from verification.services.callers import Caller
from verification.services.steps.live_face import OpenFilm, record_film
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


def end_film(
    opened: OpenFilm, film: LiveFilm, measured: BurstMeasurement, *, is_last: bool, now: datetime
) -> StepResult:
    """Record what a live film showed, and how the step went.

    With ``is_last`` a good film is finished as any other step is, and a bad one is decided on where
    no try is left. Raises Refusal where the attempt was decided or expired meanwhile.
    """
    caller, step = record_film(opened, film, measured, now=now)
    if not is_last or step.challenge is not None:
        return step
    if step.hint is None and not step.findings:
        return finish(caller, step, now=now)
    return replace(step, decision=decisions.decide_attempt(caller, step.attempt, now=now))
