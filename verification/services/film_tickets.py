"""Tickets for a live film: given with a challenge, and good once, for one attempt and its phone."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from accounts.domain.film_tickets import is_holder
from attendance_project.reading import only_row
from attendance_project.refusals import Kind, Refusal
from verification.domain.challenge import Move
from verification.domain.evidence import EvidenceKind, FaceReference
from verification.domain.live_moves import draw_moves
from verification.models import CheckInAttempt, IssuedChallenge
from verification.services import attempts, callers, challenges, faces, records
from verification.services.callers import Caller

LIFETIME = timedelta(seconds=60)
_SALT = "verification.film_ticket"
_LATEST = 5
"""How many of a student's latest attempts are looked through for the moves of the last film."""


@dataclass(frozen=True)
class Ticket:
    """What a phone begins a live film with."""

    text: str
    expires_at: datetime


@dataclass(frozen=True)
class FilmBegun:
    """A film whose ticket was used: whose it is, and which moves it asks for."""

    caller: Caller
    attempt: CheckInAttempt
    number: int
    """The number of the challenge whose place it takes."""
    moves: tuple[Move, ...]


def ticket_for(attempt: CheckInAttempt, *, number: int, now: datetime) -> Ticket | None:
    """A ticket for a film in place of the challenge of that number; None where none are filmed."""
    if not settings.LIVE_FILMS_MOST:
        return None
    expires_at = now + LIFETIME
    said = {"attempt": str(attempt.pk), "number": number, "until": expires_at.timestamp()}
    return Ticket(signing.Signer(salt=_SALT).sign_object(said), expires_at)


def use_ticket(ticket: str, proof: str, *, network: str, now: datetime) -> FilmBegun:
    """Use the ticket up, and draw the moves of its film.

    ``proof`` is the JWT by which the phone shows that it is the attempt's. Raises Refusal
    ``ticket_not_valid`` for whatever is wrong with either of them or with the attempt.
    """
    said = _read(ticket, now)
    attempt = _attempt(UUID(said["attempt"]))
    if not is_holder(proof, ticket=ticket, jkt=attempt.jkt):
        raise _not_valid()
    caller = callers.identify(attempt.student, jkt=attempt.jkt, now=now, network=network)
    _require_open(caller, attempt, now)
    moves = draw_moves(random.SystemRandom(), before=_moves_before(attempt))
    if not _mark_used(attempt, said["number"], moves, now):
        raise _not_valid()
    return FilmBegun(caller, attempt, said["number"], moves)


def again(begun: FilmBegun, *, now: datetime) -> tuple[Caller, CheckInAttempt]:
    """The caller and the attempt as they stand at the end of the film. Raises Refusal where nothing
    can be added any more."""
    attempt = _attempt(begun.attempt.pk)
    attempts.require_open(attempt, now=now)
    caller = callers.identify(
        attempt.student, jkt=attempt.jkt, now=now, network=begun.caller.network
    )
    return caller, attempt


def _read(ticket: str, now: datetime) -> dict[str, Any]:
    try:
        said: dict[str, Any] = signing.Signer(salt=_SALT).unsign_object(ticket)
    except (signing.BadSignature, ValueError) as error:
        raise _not_valid() from error
    if now.timestamp() > said["until"]:
        raise _not_valid()
    return said


def _attempt(attempt_id: UUID) -> CheckInAttempt:
    found = CheckInAttempt.objects.filter(pk=attempt_id)
    attempt = only_row(found.select_related("session__wall", "decision", "student"))
    if attempt is None or not attempt.student.is_active:
        raise _not_valid()
    return attempt


def _require_open(caller: Caller, attempt: CheckInAttempt, now: datetime) -> None:
    try:
        attempts.require_open(attempt, now=now)
    except Refusal as error:
        raise _not_valid() from error
    if faces.reference_standing(caller.user) is FaceReference.DECLINED:
        raise _not_valid()


def _moves_before(attempt: CheckInAttempt) -> tuple[Move, ...]:
    """The moves of the student's last film, which are not asked for twice in a row."""
    own = CheckInAttempt.objects.filter(student=attempt.student_id).order_by("-opened_at")
    ids = list(own.values_list("pk", flat=True)[:_LATEST])
    filmed = IssuedChallenge.objects.filter(attempt_id__in=ids, filmed_at__isnull=False)
    last = filmed.order_by("-filmed_at").values_list("film_moves", flat=True).first()
    return tuple(Move(name) for name in last or ())


def _mark_used(
    attempt: CheckInAttempt, number: int, moves: tuple[Move, ...], now: datetime
) -> bool:
    """Note the film where there was none, nor a burst. A burst may follow for as long again."""
    if str(number) in records.earlier_of(attempt, EvidenceKind.FACE):
        return False
    unused = IssuedChallenge.objects.filter(attempt=attempt, number=number, filmed_at=None)
    used = unused.update(
        filmed_at=now,
        film_moves=[move.value for move in moves],
        expires_at=now + challenges.CHALLENGE_LIFETIME,
    )
    return bool(used)


def _not_valid() -> Refusal:
    return Refusal(
        "ticket_not_valid",
        _("This ticket is not valid any more. Go on without the live film."),
        Kind.CONFLICT,
    )
