"""Makes what a phone gets from what services return: reasons in words, and no scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

import sessions_app.services as teaching
from sessions_app.domain.requirements import Requirement
from sessions_app.models import Attendance
from verification import services
from verification.domain.check_in import Outcome, decide
from verification.domain.evidence import Evidence
from verification.domain.findings import Finding, finding_of
from verification.domain.policy import Policy
from verification.domain.reasons import RULES, Reason
from verification.domain.spared import spared_in
from verification.models import CheckInAttempt, CheckInDecision
from verification.words import ask_in_words, hint_in_words, move_in_words, words_of

_HEADLINES = {
    Outcome.PRESENT: _("You are present."),
    Outcome.LATE: _("You are present, but late."),
    Outcome.REVIEW: _("Your teacher will confirm."),
    Outcome.REFUSED: _("Your check-in was not accepted."),
}


def reasons_of(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """What was found, for the phone: no scores."""
    return [
        {
            "code": finding.reason.value,
            "about": RULES[finding.reason].about.value,
            "message": words_of(finding.reason),
            "effect": finding.effect.name.lower(),
        }
        for finding in findings
    ]


def decision_of(decision: CheckInDecision) -> dict[str, Any]:
    attendance = decision.attendance or _attendance_of(decision)
    return {
        "decision": decision.pk,
        "outcome": decision.outcome,
        "message": _HEADLINES[Outcome(decision.outcome)],
        "reasons": reasons_of(_findings_of(decision)),
        "counted": decision.counted,
        "spared": _spared(decision),
        "attendance": attendance.status if attendance else None,
        "decided_at": decision.decided_at,
    }


def _attendance_of(decision: CheckInDecision) -> Attendance | None:
    own = Attendance.objects.filter(session_id=decision.session_id)
    return own.filter(student_id=decision.student_id).first()


def _spared(decision: CheckInDecision) -> dict[str, int] | None:
    spared = spared_in(decision.evidence, decision.policy)
    return None if spared is None else asdict(spared)


def _findings_of(decision: CheckInDecision) -> list[Finding]:
    """The stored reasons, each with the effect that it had under the session's policy."""
    if not decision.reasons:
        return []
    policy = Policy.from_json(decision.policy)
    again = decide(Evidence.from_json(decision.evidence), policy)
    effects = {finding.reason: finding.effect for finding in again.findings}
    reasons = [Reason(code) for code in decision.reasons]
    return [Finding(reason, effects.get(reason, RULES[reason].effect)) for reason in reasons]


def challenge_of(given: services.GivenChallenge) -> dict[str, Any]:
    """A challenge, with the move of each prompt in words."""
    return {
        "number": given.number,
        "expires_at": given.expires_at,
        "duration_s": given.challenge.duration_s,
        "prompts": [
            {
                "move": prompt.move.value,
                "message": move_in_words(prompt.move),
                "start_s": prompt.start_s,
                "end_s": prompt.end_s,
            }
            for prompt in given.challenge.prompts
        ],
        "pictures_s": given.challenge.pictures_s,
    }


def ticket_of(
    attempt: CheckInAttempt, given: services.GivenChallenge | None, now: datetime
) -> dict[str, Any] | None:
    """The ticket for a live film in place of the challenge."""
    ticket = given and services.ticket_for(attempt, number=given.number, now=now)
    return {"ticket": ticket.text, "expires_at": ticket.expires_at} if ticket else None


def attempt_of(
    attempt: CheckInAttempt, given: services.GivenChallenge, now: datetime
) -> dict[str, Any]:
    return {
        "attempt": attempt.pk,
        "session": attempt.session_id,
        "expires_at": attempt.expires_at,
        "needs": needs_of(attempt, is_ahead=True),
        "room": room_of(attempt, now),
        "challenge": challenge_of(given),
        "beacon_nonce": services.beacon_nonce(attempt).hex(),
    }


def needs_of(attempt: CheckInAttempt, *, is_ahead: bool = False) -> dict[str, str | None]:
    """What the check-in needs. ``is_ahead``: all of it comes in one request, which brings a face
    where a passkey would be asked otherwise, since nobody waits for that one's challenge."""
    policy = services.policy_for(attempt.session)
    asked = services.asked_of(attempt, policy)
    if is_ahead and asked.passkey is Requirement.REQUIRED:
        asked = replace(asked, face=policy.face, passkey=Requirement.OFF)
    return {
        "face": asked.face.value,
        "bluetooth": policy.bluetooth.value,
        "passkey": asked.passkey.value,
        "face_ask": asked.ask.value if asked.ask else None,
        "face_ask_message": ask_in_words(asked.ask) if asked.ask else None,
    }


def room_of(attempt: CheckInAttempt, now: datetime) -> dict[str, bool]:
    return asdict(teaching.room_now(attempt.session, now=now))


def step_of(step: services.StepResult, now: datetime) -> dict[str, Any]:
    attempt = step.attempt
    return {
        "attempt": attempt.pk,
        "session": attempt.session_id,
        "accepted": step.accepted,
        "reasons": reasons_of(step.findings),
        "needs": needs_of(attempt),
        "room": None if step.decision else room_of(attempt, now),
        "challenge": challenge_of(step.challenge) if step.challenge else None,
        "live": ticket_of(attempt, step.challenge, now),
        "passkey": step.passkey_options,
        "beacon_nonce": services.beacon_nonce(attempt).hex(),
        "hint": step.hint,
        "hint_message": hint_in_words(step.hint) if step.hint else None,
        "tries_left": step.tries_left,
        "expires_at": attempt.expires_at,
        "decision": decision_of(step.decision) if step.decision else None,
    }


def nothing_found(reason: Reason) -> dict[str, Any]:
    """A scan that names no session of ours: there is nothing that an attempt could hang on."""
    return {
        **dict.fromkeys(
            (
                *("attempt", "session", "needs", "room", "challenge", "live", "passkey"),
                "beacon_nonce",
                *("hint", "hint_message", "tries_left"),
            )
        ),
        "accepted": False,
        "reasons": reasons_of([finding_of(reason)]),
        "expires_at": None,
        "decision": None,
    }
