"""How long each network alone takes with each runtime, and the live film that pipelines measure."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from functools import cache

from lab.evaluation.bench import Film, Look
from lab.pictures import rendering
from lab.pictures.live_people import LivePerson, film_live
from verification.domain.challenge import Challenge
from verification.domain.live_film import LiveFilm
from verification.domain.live_moves import draw_moves
from verification.domain.measurements import FrameMeasurement
from verification.engines import get_engine
from verification.engines.base import BurstMeasurement, FilmMeasuring
from verification.engines.embedders import SFace
from verification.engines.networks import Networks
from verification.engines.runtimes import RUNTIMES, runtime_named

Call = Callable[[], object]


class _Recorder:
    """Implements FilmMeasuring, and keeps what the engine was given."""

    def __init__(self, film: FilmMeasuring) -> None:
        self._film = film
        self.looks: list[Look] = []
        self.challenge: Challenge | None = None

    def look(self, frame: bytes, at_s: float, *, eyes: bool) -> FrameMeasurement:
        """See FilmMeasuring."""
        self.looks.append(Look(frame, at_s, eyes))
        return self._film.look(frame, at_s, eyes=eyes)

    def rest(self, count: int) -> None:
        """See FilmMeasuring."""
        last = self.looks[-1]
        self.looks[-1] = Look(last.frame, last.at_s, last.eyes, count)
        self._film.rest(count)

    def recognise_ahead(self, challenge: Challenge) -> None:
        """See FilmMeasuring. It is not kept, since the end then takes as much longer."""
        self._film.recognise_ahead(challenge)

    def finish(self, challenge: Challenge) -> BurstMeasurement:
        """See FilmMeasuring."""
        self.challenge = challenge
        return self._film.finish(challenge)


@cache
def drawn_film(photo: bytes) -> Film:
    """A live film of a person who is drawn from the photograph and does what is asked."""
    rng = random.Random(1)
    recorder = _Recorder(get_engine("opencv", RUNTIMES[0]).begin_film(None))
    film_live(LivePerson(photo, rng), LiveFilm(draw_moves(rng), rng), recorder, rng=rng)
    if recorder.challenge is None:
        raise ValueError("the person in the photograph cannot be filmed live")
    return Film(tuple(recorder.looks), recorder.challenge)


def time_networks(
    photo: bytes, runtimes: Sequence[str], runs: int
) -> dict[str, dict[str, list[float]]]:
    """CPU ms of one run of each network, by its name and the runtime's, all in turn."""
    calls = {name: _calls(photo, name) for name in runtimes}
    found: dict[str, dict[str, list[float]]] = {
        network: {name: [] for name in runtimes} for network in calls[runtimes[0]]
    }
    for _ in range(runs):
        for name, of_runtime in calls.items():
            for network, call in of_runtime.items():
                found[network][name].append(_cpu_ms(call))
    return found


def _calls(photo: bytes, runtime_name: str) -> dict[str, Call]:
    """Each network with all that is done to the picture before and after, each called once."""
    runtime, picture = runtime_named(runtime_name), rendering.picture_of(photo)
    networks, recogniser = Networks(runtime), SFace(runtime)
    (face,) = networks.faces(picture)[:1]
    points = networks.mesh_and_visibility(picture, face)[0]
    calls: dict[str, Call] = {
        "YuNet, finding faces": lambda: networks.faces(picture),
        "Mesh, following a face": lambda: networks.mesh_and_visibility(picture, face),
        "Iris, one eye": lambda: networks.one_eye_openness(picture, points, left=True),
        "SFace, recognising": lambda: recogniser.embed(picture, face),
    }
    for call in calls.values():
        call()
    return calls


def _cpu_ms(call: Call) -> float:
    began_s = time.process_time()
    call()
    return 1000 * (time.process_time() - began_s)
