"""Enrolling a face: the server draws moves, the student is filmed making them, and a face is made
of the pictures at rest. The film is judged as in a check-in.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import PasskeyTrust, User
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal
from verification.domain.challenge import Challenge, Move, draw_challenge
from verification.domain.check_in import judge_burst
from verification.domain.evidence import FaceEvidence, FaceReference
from verification.domain.face_enrolment import STILLS_MIN, refusing, stills
from verification.domain.findings import Finding, finding_of
from verification.domain.policy import Policy
from verification.domain.reasons import Reason
from verification.engines.base import Template
from verification.engines.chosen import chosen_engine
from verification.models import EnrolmentChallenge, FaceTemplate
from verification.services import callers, faces
from verification.services.callers import Caller
from verification.services.challenges import CHALLENGE_LIFETIME, GivenChallenge, unreadable_moves
from verification.services.steps.reading_bursts import (
    came_too_soon,
    face_evidence,
    liveness_evidence,
)

NUMBERS = 100
"""Challenges of a student are numbered from 1 to this, and then from 1 again."""
KEPT = timedelta(days=1)
"""How long a challenge is kept after its end, so that a late burst is told what is wrong."""


@dataclass(frozen=True)
class EnrolmentCapture:
    """A burst as a phone sent it: encoded frames, and seconds since the challenge was started."""

    frames: Sequence[bytes]
    times_s: Sequence[float]
    challenge_number: int


@dataclass(frozen=True)
class FaceEnrolmentResult:
    """Either a template that waits for approval, or why the burst makes none."""

    template: FaceTemplate | None
    findings: tuple[Finding, ...] = ()
    """What keeps the burst from becoming a face, the worst first."""
    hint: str | None = None
    """What to mend before the next burst, a key of `HINT_WORDS`."""


@dataclass(frozen=True)
class JudgedFilm:
    """A burst that was measured. ``pictures`` are those that the face is made from.

    ``face`` is missing where the burst makes none. ``moves_unreadable`` are the moves that it could
    not show, by their names.
    """

    face: Template | None
    pictures: Sequence[bytes] = ()
    findings: tuple[Finding, ...] = ()
    hint: str | None = None
    moves_unreadable: Sequence[str] = ()


# --- the challenge --------------------------------------------------------------------


def draw_enrolment_challenge(caller: Caller, *, now: datetime) -> GivenChallenge:
    """Draw the moves for the student's next enrolment. An earlier challenge is over with it.

    Raises Refusal as `enrol_face` does, and where another was drawn at the same moment.
    """
    student = caller.user
    callers.require_registered(caller)
    faces.require_may_enrol(student, now=now)
    latest = EnrolmentChallenge.objects.filter(student=student).first()
    challenge = draw_challenge(random.SystemRandom(), without=_unreadable(student, latest))
    number = latest.number % NUMBERS + 1 if latest else 1
    given = GivenChallenge(number, challenge, now + CHALLENGE_LIFETIME)
    drawn = {
        "number": number,
        "jkt": caller.jkt,
        "challenge": challenge.to_json(),
        "issued_at": now,
        "expires_at": given.expires_at,
        "spent_at": None,
        "moves_unreadable": [],
    }
    if latest is None:
        _insert(EnrolmentChallenge(student=student, **drawn))
    else:
        same = EnrolmentChallenge.objects.filter(pk=latest.pk, number=latest.number)
        if not same.update(**drawn):
            raise _raced()
    return given


def _unreadable(student: User, latest: EnrolmentChallenge | None) -> set[Move]:
    unreadable = latest.moves_unreadable if latest else []
    return unreadable_moves(student.pk) | {Move(name) for name in unreadable}


def _insert(first: EnrolmentChallenge) -> None:
    try:
        with one_write():
            first.save(force_insert=True)
    except IntegrityError as error:
        raise _raced() from error


def _raced() -> Refusal:
    return Refusal(
        "enrolment_raced",
        _("Another enrolment was begun at the same moment. Start again."),
        Kind.CONFLICT,
    )


def _spend(caller: Caller, number: int, now: datetime) -> EnrolmentChallenge:
    """The student's challenge of that number, which no other burst can use from now on.

    Raises Refusal for one that is not the student's newest, that another phone asked for, that was
    used, or whose time is over.
    """
    mine = EnrolmentChallenge.objects.filter(student=caller.user, number=number, jkt=caller.jkt)
    issued = mine.first()
    if issued is None:
        raise Refusal(
            "challenge_not_found",
            _("This challenge does not exist. Use the newest one."),
            Kind.NOT_FOUND,
        )
    if now > issued.expires_at:
        raise Refusal(
            "challenge_expired",
            _("This challenge is over. Start again, and make the moves at once."),
            Kind.CONFLICT,
        )
    if not mine.filter(spent_at=None).update(spent_at=now):
        raise Refusal(
            "challenge_used",
            _("This challenge was already used. Use the newest one."),
            Kind.CONFLICT,
        )
    return issued


def purge_challenges(*, now: datetime) -> int:
    """Delete the challenges that were over long ago, and return how many."""
    return EnrolmentChallenge.objects.filter(expires_at__lt=now - KEPT).delete()[0]


# --- the burst ------------------------------------------------------------------------


def _not_confirmed() -> str:
    return PasskeyTrust.NONE


def enrol_face(
    caller: Caller,
    capture: EnrolmentCapture,
    *,
    now: datetime,
    confirm: Callable[[], str] = _not_confirmed,
) -> FaceEnrolmentResult:
    """Make a template that waits for approval from a burst, which uses up its challenge.

    `confirm` says by what passkey its owner confirmed it, a PasskeyTrust, or raises; it is asked
    once the burst is good, so that a bad one costs no answer of the authenticator. Raises Refusal
    for another phone than the student's own, for a student whose address is not confirmed, who is
    on no course, who has not agreed or enrolled too often today, for a challenge that is not the
    phone's newest, was used or is over, and for a picture that cannot be read.
    """
    student = caller.user
    callers.require_registered(caller)
    faces.require_may_enrol(student, now=now)
    issued = _spend(caller, capture.challenge_number, now)
    judged = _judge(issued, capture, now)
    if judged.face is None:
        return FaceEnrolmentResult(None, judged.findings, judged.hint)
    return FaceEnrolmentResult(
        faces.store_face(student, judged.face, judged.pictures, confirmed_by=confirm(), now=now)
    )


def _judge(issued: EnrolmentChallenge, capture: EnrolmentCapture, now: datetime) -> JudgedFilm:
    """Judge the burst, and note the moves that it could not show for the next draw."""
    too_soon = came_too_soon(capture.times_s, issued.issued_at, now)
    judged = judge_film(Challenge.from_json(issued.challenge), capture, too_soon=too_soon)
    if judged.moves_unreadable:
        same = EnrolmentChallenge.objects.filter(pk=issued.pk, number=issued.number)
        same.update(moves_unreadable=list(judged.moves_unreadable))
    return judged


def judge_film(challenge: Challenge, capture: EnrolmentCapture, *, too_soon: bool) -> JudgedFilm:
    """Measure and judge a burst, and make a face of its pictures at rest where it is good.

    It reads and writes no database. Raises Refusal for a picture that cannot be read.
    """
    with chosen_engine() as engine:
        measured = engine.measure_burst(capture.frames, capture.times_s, None, challenge)
    face = face_evidence(measured, FaceReference.NONE, challenge, engine=engine.name)
    liveness = liveness_evidence(measured, challenge, expired=False, too_soon=too_soon)
    findings = refusing(judge_burst(face, liveness, Policy()))
    if findings:
        judged = JudgedFilm(None, findings=findings, hint=face.capture_hint)
    else:
        judged = _make_face([capture.frames[n] for n in stills(measured.frames, challenge)], face)
    return replace(judged, moves_unreadable=liveness.moves_unreadable)


def _make_face(pictures: Sequence[bytes], seen: FaceEvidence) -> JudgedFilm:
    poor = (finding_of(Reason.FACE_POOR_CAPTURE),)
    if len(pictures) < STILLS_MIN:
        return JudgedFilm(None, findings=poor, hint=seen.capture_hint)
    measured = faces.measure_enrolment(pictures)
    if measured.frames_disagree:
        return JudgedFilm(None, findings=(finding_of(Reason.FACE_SWAPPED),))
    if measured.face is None:
        hint = next((each for each in measured.hints if each), None)
        return JudgedFilm(None, findings=poor, hint=hint)
    return JudgedFilm(measured.face, pictures)
