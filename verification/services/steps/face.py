"""The face's step: a burst of frames against the challenge that it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from attendance_project.reading import only_row
from attendance_project.refusals import Kind, Refusal
from verification.domain.challenge import Challenge
from verification.domain.check_in import judge_burst
from verification.domain.evidence import EvidenceKind, FaceReference
from verification.domain.findings import finding_of
from verification.domain.reasons import Reason
from verification.engines.chosen import chosen_engine
from verification.models import CheckInAttempt, EvidenceRecord, IssuedChallenge
from verification.services import attempts, callers, challenges, faces, records
from verification.services.callers import Caller
from verification.services.kept import GatheredSpan
from verification.services.steps.reading_bursts import (
    came_too_soon,
    face_evidence,
    liveness_evidence,
)
from verification.services.steps.result import StepResult


@dataclass(frozen=True)
class FaceCapture:
    """A burst as a phone sent it: encoded frames, and seconds since the challenge was started."""

    frames: Sequence[bytes]
    times_s: Sequence[float]
    challenge_number: int


def verify_face(
    caller: Caller,
    attempt: CheckInAttempt,
    capture: FaceCapture,
    *,
    nonce: str,
    now: datetime,
    span: GatheredSpan | None = None,
) -> StepResult:
    """Measure a burst against the challenge that it names, which is thereby used up.

    ``span`` is when a check-in in one request was gathered; a burst alone was filmed just now.

    The face of a student who declined is not measured at all. Raises Refusal for another
    phone, for a challenge that is not the attempt's or was used by another call, and for a
    picture that cannot be read.
    """
    callers.require_same_device(caller, attempt)
    if faces.reference_standing(caller.user) is FaceReference.DECLINED:
        return StepResult(attempt, (finding_of(Reason.FACE_DECLINED),))
    issued = _issued_challenge(attempt, capture.challenge_number)
    record = records.earlier_of(attempt, EvidenceKind.FACE).get(str(issued.number))
    if record is None:
        span = span or GatheredSpan(now, now)
        attempts.require_open(attempt, now=span.seen_at)
        record = _record(attempt, issued, capture, span, nonce=nonce, now=now)
    if record.nonce != nonce and not is_of_film(record):
        raise Refusal(
            "challenge_used",
            _("This challenge was already used. Use the newest one."),
            Kind.CONFLICT,
        )
    return result_of(attempt, record, number=issued.number, now=now)


FILM_NONCE = "film-"
"""How the nonce of a live film's record begins. It comes with no call that could have its own."""


def is_of_film(record: EvidenceRecord) -> bool:
    """Whether a live film was recorded. A phone that did not hear of it sends a burst in its place,
    and is told how the film went."""
    return record.nonce.startswith(FILM_NONCE)


def has_burst(attempt: CheckInAttempt, challenge_number: int) -> bool:
    """Whether a burst that answers this challenge was measured already."""
    return str(challenge_number) in records.earlier_of(attempt, EvidenceKind.FACE)


def _issued_challenge(attempt: CheckInAttempt, number: int) -> IssuedChallenge:
    issued = only_row(IssuedChallenge.objects.filter(attempt=attempt, number=number))
    if issued is None:
        raise Refusal(
            "challenge_not_found",
            _("This challenge does not exist. Use the newest one."),
            Kind.NOT_FOUND,
        )
    return issued


def _record(
    attempt: CheckInAttempt,
    issued: IssuedChallenge,
    capture: FaceCapture,
    span: GatheredSpan,
    *,
    nonce: str,
    now: datetime,
) -> EvidenceRecord:
    reference, template = faces.face_reference(
        attempt.student, actor=attempt.student, purpose="check_in", now=now
    )
    challenge = Challenge.from_json(issued.challenge)
    with chosen_engine() as engine:
        measured = engine.measure_burst(capture.frames, capture.times_s, template, challenge)
    return records.record(
        attempt,
        EvidenceKind.FACE,
        key=str(issued.number),
        nonce=nonce,
        now=now,
        face=face_evidence(measured, reference, challenge, engine=engine.name),
        liveness=liveness_evidence(
            measured,
            challenge,
            expired=span.done_at > issued.expires_at,
            too_soon=came_too_soon(capture.times_s, issued.issued_at, span.done_at),
        ),
        engine=engine.name,
    )


def result_of(
    attempt: CheckInAttempt, record: EvidenceRecord, *, number: int, now: datetime
) -> StepResult:
    """What was found in the film that answers the challenge of that number.

    One that is not good gets a hint, and a fresh challenge while there are tries left.
    """
    policy = attempts.policy_for(attempt.session)
    face = records.face_in(record, at=record.received_at)
    findings = tuple(judge_burst(face, records.liveness_in(record), policy))
    tries_left = max(policy.face_tries - number, 0)
    is_good = face.capture_hint is None and not findings
    fresh = None
    if not is_good and tries_left:
        fresh = challenges.give_challenge(attempt, number=number + 1, now=now)
    return StepResult(
        attempt, findings, challenge=fresh, hint=face.capture_hint, tries_left=tries_left
    )
