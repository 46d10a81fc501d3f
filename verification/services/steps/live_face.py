"""The face's step as a live film: begun with a ticket, and judged after its last picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from verification.domain.evidence import EvidenceKind, FaceReference
from verification.domain.live_film import LiveFilm
from verification.engines.base import BurstMeasurement, FilmMeasuring
from verification.engines.chosen import chosen_engine, chosen_engine_name
from verification.models import CheckInAttempt, EvidenceRecord
from verification.services import faces, film_tickets, records
from verification.services.callers import Caller
from verification.services.film_tickets import FilmBegun
from verification.services.steps.face import FILM_NONCE, result_of
from verification.services.steps.reading_bursts import face_evidence, film_evidence
from verification.services.steps.result import StepResult


@dataclass(frozen=True)
class OpenFilm:
    """A film that goes on: what it was begun with, and what measures it."""

    begun: FilmBegun
    reference: FaceReference
    measuring: FilmMeasuring


def begin_film(ticket: str, proof: str, *, network: str, now: datetime) -> OpenFilm:
    """Use the ticket, and make ready to measure pictures.

    Raises Refusal for a ticket that is not valid, and where the engine cannot be used.
    """
    with chosen_engine() as engine:
        begun = film_tickets.use_ticket(ticket, proof, network=network, now=now)
        student = begun.caller.user
        reference, template = faces.face_reference(
            student, actor=student, purpose="check_in", now=now
        )
        return OpenFilm(begun, reference, engine.begin_film(template))


def record_film(
    opened: OpenFilm, film: LiveFilm, measured: BurstMeasurement, *, now: datetime
) -> tuple[Caller, StepResult]:
    """Record what the film showed. Returns how the step went, and its caller as of now.

    Raises Refusal where the attempt was decided or expired meanwhile.
    """
    caller, attempt = film_tickets.again(opened.begun, now=now)
    record = _record(attempt, opened, film, measured, now)
    return caller, result_of(attempt, record, number=opened.begun.number, now=now)


def _record(
    attempt: CheckInAttempt,
    opened: OpenFilm,
    film: LiveFilm,
    measured: BurstMeasurement,
    now: datetime,
) -> EvidenceRecord:
    engine, number = chosen_engine_name(), str(opened.begun.number)
    return records.record(
        attempt,
        EvidenceKind.FACE,
        key=number,
        nonce=f"{FILM_NONCE}{number}",
        now=now,
        face=face_evidence(measured, opened.reference, film.challenge, engine=engine),
        liveness=film_evidence(measured, film),
        engine=engine,
    )
