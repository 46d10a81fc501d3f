"""The passkey's step: where Standard asks for no face, the phone's owner confirms with its lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

import accounts.services as people
from accounts.models import PasskeyPurpose, PasskeyTrust
from attendance_project.refusals import Kind, Refusal
from sessions_app.domain.requirements import Requirement
from verification.domain.evidence import EvidenceKind, PasskeyEvidence
from verification.models import CheckInAttempt
from verification.services import attempts, callers, challenges, lots, records
from verification.services.callers import Caller
from verification.services.steps.result import StepResult


def passkey_options(
    caller: Caller, attempt: CheckInAttempt, *, now: datetime
) -> dict[str, Any] | None:
    """What the phone asks a passkey with. The answer is good for this attempt alone.

    None where the student has none any more: the face then takes its place.
    """
    try:
        return people.passkey_request_options(
            caller.user,
            PasskeyPurpose.CHECK_IN,
            jkt=caller.jkt,
            now=now,
            subject=str(attempt.pk),
        )
    except Refusal:
        return None


def confirm_with_passkey(
    caller: Caller,
    attempt: CheckInAttempt,
    credential: dict[str, Any],
    *,
    nonce: str,
    now: datetime,
) -> StepResult:
    """Record what a passkey showed. The same nonce again changes nothing.

    Raises Refusal for another phone, for an answer that does not hold, and where nothing more can
    be added to the attempt.
    """
    callers.require_same_device(caller, attempt)
    earlier = records.earlier_of(attempt, EvidenceKind.PASSKEY)
    if nonce not in earlier:
        records.require_room(attempt, earlier, now=now)
        trust = people.confirm_with_passkey(
            caller.user,
            credential,
            PasskeyPurpose.CHECK_IN,
            jkt=caller.jkt,
            now=now,
            subject=str(attempt.pk),
        )
        shown = PasskeyEvidence(age_s=0.0, device_bound=trust == PasskeyTrust.DEVICE_BOUND)
        records.record(
            attempt, EvidenceKind.PASSKEY, key=nonce, nonce=nonce, now=now, passkey=shown
        )
    return StepResult(attempt, ())


def face_instead(caller: Caller, attempt: CheckInAttempt, *, now: datetime) -> StepResult:
    """Give a challenge to a student who shows the face in place of the passkey.

    Raises Refusal where no passkey stands for the face, for another phone, and where nothing more
    can be added to the attempt.
    """
    callers.require_same_device(caller, attempt)
    attempts.require_open(attempt, now=now)
    policy = attempts.policy_for(attempt.session)
    if lots.asked_of(attempt, policy).passkey is Requirement.REQUIRED:
        lots.ask_instead(attempt)
    if lots.asked_of(attempt, policy).face is Requirement.OFF:
        raise Refusal(
            "no_face_asked",
            _("No face is asked for here. Continue without it."),
            Kind.CONFLICT,
        )
    return StepResult(attempt, (), challenge=challenges.give_challenge(attempt, now=now))
