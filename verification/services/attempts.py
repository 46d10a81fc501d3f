"""Opening attempts: who calls, for which session, against which challenge."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

import accounts.services as people
from accounts.models import Device, User
from attendance_project.refusals import Kind, Refusal
from sessions_app.models import Enrolment, Session
from verification.domain.challenge import Challenge, Move, draw_challenge
from verification.domain.evidence import DeviceEvidence, DeviceStanding, Standing
from verification.domain.policy import Need, Policy
from verification.domain.reasons import Reason
from verification.models import (
    CheckInAttempt,
    EvidenceKind,
    EvidenceRecord,
    IssuedChallenge,
)
from verification.words import words_of

ATTEMPT_LIFETIME = timedelta(minutes=4)
"""Three face tries within the two minutes that each piece of evidence lives, and some air."""
CHALLENGE_LIFETIME = timedelta(seconds=45)
"""A burst takes 6.8 to 8.8 s; the rest is for reading, a permission dialogue, a slow upload."""

ATTEMPTS_IN_WINDOW = 30
ATTEMPTS_WINDOW = timedelta(minutes=5)
"""A scan every ten seconds. Six digits guessed at that rate, two codes being right at a time,
are met in a lecture of an hour by one student in 1,400, and then the teacher still looks."""


BURSTS_REMEMBERED = 5
"""In which a move that could not be read is not asked for again. It may be light that was at
fault, and not glasses, so it comes back after a while."""


@dataclass(frozen=True)
class Caller:
    """A student, the device key that signed the call, and the network that it came from."""

    user: User
    jkt: str
    device: Device | None
    standing: DeviceStanding
    network: str = ""


@dataclass(frozen=True)
class IssuedPrompt:
    """A challenge as the phone gets it."""

    number: int
    challenge: Challenge
    expires_at: datetime


def identify(user: User, *, jkt: str, now: datetime, network: str = "") -> Caller:
    """How the key that signed this call stands with this student."""
    device, standing = people.device_standing(user, jkt, now)
    return Caller(user, jkt, device, DeviceStanding(standing), network)


def open_attempt(caller: Caller, *, session: Session, nonce: str, now: datetime) -> CheckInAttempt:
    """A new attempt; the same nonce again finds the same attempt.

    Raises Refusal where the nonce belongs to an attempt at another session, or where the
    student has opened too many.
    """
    known = CheckInAttempt.objects.filter(student=caller.user, nonce=nonce).first()
    attempt = known or _new_attempt(caller, session, nonce, now)
    if attempt.session_id != session.pk:
        raise Refusal(
            "nonce_reused",
            _("This nonce was used for another session. Take a new one."),
            Kind.CONFLICT,
        )
    return attempt


def open_ahead(caller: Caller, *, session: Session, nonce: str, now: datetime) -> CheckInAttempt:
    """An attempt before any code was seen, for a check-in in one request.

    Raises Refusal as `open_attempt` does, and where the session is not open.
    """
    if not session.is_open:
        raise Refusal(
            "session_not_open",
            _("This session is not open. If the lecture is on, tell your teacher."),
            Kind.CONFLICT,
        )
    return open_attempt(caller, session=session, nonce=nonce, now=now)


def _new_attempt(caller: Caller, session: Session, nonce: str, now: datetime) -> CheckInAttempt:
    own = CheckInAttempt.objects.filter(student=caller.user)
    if own.filter(opened_at__gt=now - ATTEMPTS_WINDOW).count() >= ATTEMPTS_IN_WINDOW:
        raise Refusal(
            "too_many_attempts",
            _("Those were many tries. Wait a few minutes, or ask your teacher to mark you."),
            Kind.TOO_MANY,
        )
    attempt, _created = CheckInAttempt.objects.get_or_create(
        student=caller.user,
        nonce=nonce,
        defaults={
            "session": session,
            "device": caller.device if caller.standing is DeviceStanding.ACTIVE else None,
            "jkt": caller.jkt,
            "opened_at": now,
            "expires_at": now + ATTEMPT_LIFETIME,
        },
    )
    return attempt


def issue_challenge(attempt: CheckInAttempt, *, number: int, now: datetime) -> None:
    """Draw the attempt's nth challenge, unless it was drawn already."""
    challenge = draw_challenge(random.SystemRandom(), without=_unreadable_moves(attempt))
    IssuedChallenge.objects.get_or_create(
        attempt=attempt,
        number=number,
        defaults={
            "challenge": challenge.to_json(),
            "issued_at": now,
            "expires_at": now + CHALLENGE_LIFETIME,
        },
    )


def _unreadable_moves(attempt: CheckInAttempt) -> set[Move]:
    """Those that could not be read in the student's latest bursts, glasses being what they are."""
    bursts = EvidenceRecord.objects.filter(student_id=attempt.student_id, kind=EvidenceKind.FACE)
    latest = bursts.order_by("-received_at").values_list("measured", flat=True)[:BURSTS_REMEMBERED]
    return {Move(name) for each in latest for name in each["liveness"].get("moves_unreadable", ())}


def give_challenge(attempt: CheckInAttempt, now: datetime) -> IssuedPrompt:
    """The attempt's newest challenge; its first is drawn here, when the phone is told it."""
    issue_challenge(attempt, number=1, now=now)
    return latest_prompt(attempt)


def challenges_given(attempt: CheckInAttempt) -> int:
    """How many challenges the student was told at the attempt's session, in all attempts."""
    own = CheckInAttempt.objects.filter(session=attempt.session_id, student=attempt.student_id)
    ids = list(own.values_list("pk", flat=True))
    return IssuedChallenge.objects.filter(attempt_id__in=ids).count()


def latest_prompt(attempt: CheckInAttempt) -> IssuedPrompt:
    issued = IssuedChallenge.objects.filter(attempt=attempt).order_by("-number")[0]
    return IssuedPrompt(issued.number, Challenge.from_json(issued.challenge), issued.expires_at)


def attempt_for(caller: Caller, attempt_id: UUID) -> CheckInAttempt:
    """The caller's own attempt. Another student's is not found, like one that never was."""
    attempt = (
        CheckInAttempt.objects.filter(pk=attempt_id, student=caller.user)
        .select_related("session", "decision")
        .first()
    )
    if attempt is None:
        raise Refusal(
            "attempt_not_found",
            _("No such check-in of yours. Start again."),
            Kind.NOT_FOUND,
        )
    return attempt


def require_open(attempt: CheckInAttempt, now: datetime) -> None:
    """Raises Refusal where nothing can be added to the attempt any more."""
    if hasattr(attempt, "decision"):
        raise Refusal(
            "attempt_decided",
            _("This check-in is decided already. Look at its result."),
            Kind.CONFLICT,
        )
    if now > attempt.expires_at:
        raise Refusal(
            "attempt_expired",
            _("This check-in took too long. Start again."),
            Kind.CONFLICT,
        )


def require_registered(caller: Caller) -> None:
    """Raises Refusal for an enrolment by a phone that is not the student's registered one.

    A stolen password must not be enough to put another person's face in.
    """
    if caller.standing is not DeviceStanding.ACTIVE:
        raise Refusal(
            f"device_{caller.standing.value}",
            _("Enrol on the phone that is registered for you."),
            Kind.NOT_ALLOWED,
        )


def require_same_device(caller: Caller, attempt: CheckInAttempt) -> None:
    """Raises Refusal for evidence by another phone than the one that opened the attempt.

    Otherwise one phone could stand in the room while the face is shown to another at home.
    """
    if caller.jkt != attempt.jkt:
        raise Refusal("device_changed", words_of(Reason.DEVICE_CHANGED), Kind.CONFLICT)


def policy_for(session: Session) -> Policy:
    """The policy with what the session's teacher chose."""
    return Policy(
        face=Need(session.face),
        bluetooth=Need(session.bluetooth),
        qr_slots_needed=session.qr_slots_needed,
        qr_slot_s=session.qr_slot_s,
        face_target_fmr=settings.FACE_TARGET_FMR,
    )


def standing_of(student: User, session: Session, *, at: datetime) -> Standing:
    """Whether the student could check in at that moment.

    A session that closed while a check-in was on its way was still open when it began.
    """
    started = session.opened_at is not None and session.opened_at <= at
    ended = not session.is_open and (session.closed_at is None or session.closed_at < at)
    return Standing(
        session_open=started and not ended,
        enrolled=Enrolment.objects.filter(
            course_id=session.course_id, student=student, is_active=True
        ).exists(),
        late=at > session.late_at,
    )


def device_evidence(caller: Caller, attempt: CheckInAttempt) -> DeviceEvidence:
    return DeviceEvidence(standing=caller.standing, same_as_opened=caller.jkt == attempt.jkt)
