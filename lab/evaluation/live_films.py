"""What becomes of live films: of honest people, and of attacks that know what the phone shows.

People are drawn from photographs and answer in simulated time. Each film is judged as in a
check-in, all but whose face it is, since an attack may show the right one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context

from lab.evaluation.embedding import Tick
from lab.evaluation.enrolments import is_plain
from lab.evaluation.error_rates import Proportion
from lab.evaluation.written_people import WrittenPerson
from lab.fake_engine import FakeEngine
from lab.pictures import live_attacks as props
from lab.pictures import rendering
from lab.pictures.live_people import (
    QUICK_S,
    SLOW_S,
    Line,
    LivePerson,
    Scene,
    acted_film,
    film_live,
)
from verification.domain.challenge import Challenge, draw_challenge
from verification.domain.check_in import judge_burst
from verification.domain.evidence import FaceReference
from verification.domain.findings import Finding
from verification.domain.live_film import LiveFilm
from verification.domain.live_moves import draw_moves
from verification.domain.measurements import FrameMeasurement
from verification.domain.policy import Policy
from verification.domain.reasons import Effect
from verification.engines import get_engine
from verification.engines.base import BurstMeasurement, FaceEngine
from verification.engines.head import Pose
from verification.services import face_evidence, film_evidence

LATE_S = 0.5
IDLE_S, LONG_IDLE_S = 1.5, 60.0
HONEST = {
    "honest people, who react in 0.25 to 0.8 s": QUICK_S,
    "honest people, who react in 0.8 to 1.2 s": SLOW_S,
}
TRIES = 4
BURST = "a burst"
"""Measured beside the films, since its CPU time is what theirs is compared with."""


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
    "a face laid over another's head": Attack(lambda s: props.face_swap(s.photo, s.other, s.rng)),
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
    "moves 0.5 s late, over a call": Attack(lambda s: LivePerson(s.photo, s.rng, late_s=LATE_S)),
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
    """Implements FilmMeasuring, and counts the CPU time that this thread takes for it."""

    def __init__(self, engine: FaceEngine) -> None:
        self._film = engine.begin_film(None)
        self.cpu_s = 0.0

    def look(self, frame: bytes, at_s: float, *, eyes: bool) -> FrameMeasurement:
        """See FilmMeasuring."""
        with self._timed():
            return self._film.look(frame, at_s, eyes=eyes)

    def rest(self, count: int) -> None:
        """See FilmMeasuring."""
        self._film.rest(count)

    def recognise_ahead(self, challenge: Challenge) -> None:
        """See FilmMeasuring."""
        with self._timed():
            self._film.recognise_ahead(challenge)

    def finish(self, challenge: Challenge) -> BurstMeasurement:
        """See FilmMeasuring."""
        with self._timed():
            return self._film.finish(challenge)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began_s = time.thread_time()
        try:
            yield
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


# --- many films ------------------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """One film: of which kind, of which person, and which of the person's tries."""

    kind: str
    person: int
    number: int = 0


def plain_photos(engine: FaceEngine, photos: Sequence[bytes], most: int) -> list[bytes]:
    """The first `most` of the photographs that show one face from the front. Of the others half the
    drawn head is invented, or somebody stands behind the person in each picture."""
    found: list[bytes] = []
    for photo in photos:
        if len(found) == most:
            break
        if rendering.can_draw(photo) and is_plain(engine, photo) and _is_alone(engine, photo):
            found.append(photo)
    return found


def _is_alone(engine: FaceEngine, photo: bytes) -> bool:
    """Whether nobody is seen behind the head when it turns away."""
    head, straight = rendering.head_of(photo)
    turned = [head.draw(Pose(yaw_degrees=straight + aside)) for aside in (-30, 0, 30)]
    seen = engine.enrol([rendering.to_jpeg(picture) for picture in turned]).frames
    return all(frame.faces <= 1 for frame in seen)


def jobs(people: int, attacked: int, tries: int = TRIES) -> list[Job]:
    """The films of honest people, one burst each to compare with, and the attacks."""
    everyone = range(people)
    honest = [Job(kind, who, n) for kind in HONEST for who in everyone for n in range(tries)]
    bursts = [Job(BURST, who) for who in everyone]
    return [*bursts, *honest, *(Job(kind, who) for kind in ATTACKS for who in range(attacked))]


def run(engine: FaceEngine, photos: Sequence[bytes], job: Job) -> Outcome:
    """Film and judge one job, by chances of its own."""
    rng = random.Random(f"{job.kind} {job.person} {job.number}")
    photo = photos[job.person]
    if job.kind == BURST:
        return _burst(engine, photo, rng)
    if job.kind in HONEST:
        return play(engine, LivePerson(photo, rng, reaction_s=HONEST[job.kind]), rng)
    other = photos[(job.person + 1 + len(photos) // 3) % len(photos)]
    attack = ATTACKS[job.kind]
    return play(engine, attack.scene(Shot(photo, other, rng)), rng, attack.line)


def _burst(engine: FaceEngine, photo: bytes, rng: random.Random) -> Outcome:
    challenge = draw_challenge(rng)
    burst = rendering.render_burst(photo, challenge, rng=rng)
    frames, times_s = [jpeg for _, jpeg in burst], [at_s for at_s, _ in burst]
    began_s = time.thread_time()
    engine.measure_burst(frames, times_s, None, challenge)
    cpu_ms = 1000 * (time.thread_time() - began_s)
    return Outcome(Effect.NOTE, (), challenge.duration_s, cpu_ms, len(burst), ())


def evaluate(
    engine: str, photos: Sequence[bytes], todo: Sequence[Job], tick: Tick, *, workers: int = 1
) -> dict[str, list[Outcome]]:
    """The outcomes by kind, in the order of the jobs. Calls `tick` after each film."""
    found: dict[str, list[Outcome]] = {job.kind: [] for job in todo}
    with ProcessPoolExecutor(workers, get_context("fork"), _prepare, (engine, photos)) as pool:
        for job, outcome in zip(todo, pool.map(_run, todo), strict=True):
            found[job.kind].append(outcome)
            tick()
    return found


_own: list[tuple[FaceEngine, Sequence[bytes]]] = []


def _prepare(engine: str, photos: Sequence[bytes]) -> None:
    _own.append((get_engine(engine), photos))


def _run(job: Job) -> Outcome:
    return run(*_own[-1], job)


# --- films that were made before --------------------------------------------------------


def films_that_fit(pairs: int, rng: random.Random) -> Proportion:
    """How many films of the same person for another draw show the moves that are asked for, and no
    others, measured without noise and without pixels."""
    fit = 0
    for _ in range(pairs):
        made = props.Film(acted_film(WrittenPerson("somebody", rng), draw_moves(rng), rng))
        film = LiveFilm(draw_moves(rng), rng)
        film_live(made, film, FakeEngine().begin_film(None), rng=rng)
        seen = film.moves_seen()
        fit += film.has_begun and not seen.missing and not seen.unprompted_at_s
    return Proportion(fit, pairs)
