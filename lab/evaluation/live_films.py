"""What becomes of live films: of honest people, and of attacks that know what the phone shows.

People are drawn from photographs and answer in simulated time. Each film is judged as in a
check-in, all but whose face it is, since an attack may show the right one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from lab.evaluation.embedding import Tick
from lab.evaluation.error_rates import Proportion
from lab.pictures import live_attacks as props
from lab.pictures import rendering
from lab.pictures.live_people import (
    QUICK_S,
    SLOW_S,
    Line,
    LivePerson,
    Scene,
    film_live,
)
from verification.domain.challenge import draw_challenge
from verification.domain.check_in import judge_burst
from verification.domain.evidence import FaceReference
from verification.domain.findings import Finding
from verification.domain.live_film import LiveFilm
from verification.domain.live_moves import draw_moves
from verification.domain.policy import Policy
from verification.domain.reasons import Effect
from verification.engines.base import BurstMeasurement, FaceEngine, Template
from verification.services import face_evidence, film_evidence

LATE_S = 0.5
IDLE_S, LONG_IDLE_S = 1.5, 60.0
HONEST = {
    "honest people, who react in 0.25 to 0.8 s": QUICK_S,
    "honest people, who react in 0.8 to 1.2 s": SLOW_S,
}
TRIES = 4


@dataclass(frozen=True)
class Shot:
    """One person's photograph, another person's, and chances of their own."""

    photo: bytes
    other: bytes
    rng: random.Random

    def honest(self) -> LivePerson:
        """The person does what the phone shows."""
        return LivePerson(self.photo, self.rng)

    def somebody_else(self) -> LivePerson:
        """The other person does what the phone shows."""
        return LivePerson(self.other, self.rng)


@dataclass(frozen=True)
class Attack:
    """Something in place of the person, and how it is sent."""

    scene: Callable[[Shot], Scene]
    line: Line = field(default_factory=Line)


ATTACKS: dict[str, Attack] = {
    "a still photograph": Attack(lambda s: props.still(s.photo, s.rng)),
    "a print, tilted with the prompts": Attack(lambda s: props.tilted_print(s.photo, s.rng)),
    "a print, bent round a cylinder": Attack(lambda s: props.bent_print(s.photo, s.rng)),
    "a print with holes, living eyes behind": Attack(
        lambda s: props.print_with_eyes(s.photo, s.other, s.rng)
    ),
    "a photograph moved by software before": Attack(
        lambda s: props.earlier_software(s.photo, s.rng)
    ),
    "a photograph moved by software to the prompts": Attack(
        lambda s: props.software(s.photo, s.rng)
    ),
    "the same, its lids drawn too": Attack(lambda s: props.software(s.photo, s.rng, lids=True)),
    "a face laid over another's head": Attack(
        lambda s: props.face_swap(s.photo, s.other, s.rng)
    ),
    "a film for another draw": Attack(lambda s: props.earlier_film(s.photo, s.rng)),
    "a film in a loop": Attack(lambda s: props.looped_film(s.photo, s.rng)),
    "clips played to the prompts, the rest in a loop": Attack(
        lambda s: props.library(s.photo, s.rng, idle_s=IDLE_S)
    ),
    "clips played to the prompts, a long rest": Attack(
        lambda s: props.library(s.photo, s.rng, idle_s=LONG_IDLE_S)
    ),
    "somebody else from the first move on": Attack(
        lambda s: props.Swapped(s.honest(), s.somebody_else())
    ),
    "two people's frames mixed": Attack(lambda s: props.Mixed(s.honest(), s.somebody_else())),
    "moves 0.5 s late, over a call": Attack(
        lambda s: LivePerson(s.photo, s.rng, late_s=LATE_S)
    ),
    "pictures sent by hand": Attack(
        lambda s: props.ByHand(s.photo, s.rng), Line(fps=props.BY_HAND_FPS)
    ),
    "a display, filmed in focus": Attack(lambda s: props.Display(s.honest(), s.rng)),
}


@dataclass(frozen=True)
class Outcome:
    """What became of one film.

    effect      the worst effect that a check-in's face step would have; None where the film never
                began, so that a burst follows
    reasons     of all findings
    seconds     from the first picture to the last
    cpu_ms      of the engine
    """

    effect: Effect | None
    reasons: tuple[str, ...]
    seconds: float
    cpu_ms: float
    pictures: int
    responses_s: tuple[float, ...]

    @property
    def passed(self) -> bool:
        return self.effect is Effect.NOTE


class Timed:
    """Implements FilmMeasuring and counts the CPU time that this thread takes for it."""

    def __init__(self, engine: FaceEngine) -> None:
        self._film = engine.begin_film(None)
        self.cpu_s = 0.0

    def look(self, frame: bytes, at_s: float, *, eyes: bool):  # noqa: ANN201
        """See FilmMeasuring."""
        return self._timed(lambda: self._film.look(frame, at_s, eyes=eyes))

    def rest(self, count: int) -> None:
        """See FilmMeasuring."""
        self._film.rest(count)

    def finish(self, challenge) -> BurstMeasurement:  # noqa: ANN001
        """See FilmMeasuring."""
        return self._timed(lambda: self._film.finish(challenge))

    def _timed(self, work):  # noqa: ANN001, ANN202
        began_s = time.thread_time()
        try:
            return work()
        finally:
            self.cpu_s += time.thread_time() - began_s


def play(engine: FaceEngine, scene: Scene, rng: random.Random, line: Line | None = None) -> Outcome:
    """Film the scene live for moves that are drawn now, and judge the film."""
    film, measuring = LiveFilm(draw_moves(rng), rng), Timed(engine)
    measured = film_live(scene, film, measuring, rng=rng, line=line)
    findings = [] if measured is None else _findings(engine, measured, film)
    worst = max((finding.effect for finding in findings), default=Effect.NOTE)
    return Outcome(
        effect=None if measured is None else worst,
        reasons=tuple(finding.reason.value for finding in findings),
        seconds=film.frames[-1].at_s - film.frames[0].at_s,
        cpu_ms=1000 * measuring.cpu_s,
        pictures=len(film.frames),
        responses_s=tuple(film.responses_s),
    )


def _findings(engine: FaceEngine, measured: BurstMeasurement, film: LiveFilm) -> list[Finding]:
    face = face_evidence(measured, FaceReference.WAITING, film.challenge, engine=engine.name)
    return list(judge_burst(face, film_evidence(measured, film), Policy()))
