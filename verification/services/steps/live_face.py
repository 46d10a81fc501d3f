"""The face's step as a live film: begun with a ticket, and judged after its last picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from verification.domain.evidence import EvidenceKind, FaceReference
from verification.domain.live_film import LiveFilm
from verification.engines.base import BurstMeasurement, FilmMeasuring
from verification.engines.chosen import chosen_engine, chosen_engine_name
from verification.models import CheckInAttempt, EvidenceRecord
from verification.services import faces, film_tickets, finishing, records
from verification.services.decisions import decide_attempt
from verification.services.film_tickets import FilmBegun
from verification.services.steps.face import result_of
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


def end_film(
    opened: OpenFilm, film: LiveFilm, measured: BurstMeasurement, *, finish: bool, now: datetime
) -> StepResult:
    """Record what the film showed, and how the step went.

    ``finish``: decide on the attempt where the film is good and it has all that its session asks
    for by now, and where the film is not good and no try is left. Raises Refusal where the attempt was decided or its phone lost meanwhile.
    """
    caller, attempt = film_tickets.again(opened.begun, now=now)
    record = _record(attempt, opened, film, measured, now)
    step = result_of(attempt, record, number=opened.begun.number, now=now)
    if not finish or step.challenge is not None:
        return step
    is_good = step.hint is None and not step.findings
    if is_good:
        return finishing.finish(caller, step, now=now)
    return replace(step, decision=decide_attempt(caller, attempt, now=now))


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
        nonce=f"film-{number}",
        now=now,
        face=face_evidence(measured, opened.reference, film.challenge, engine=engine),
        liveness=film_evidence(measured, film),
        engine=engine,
    )
