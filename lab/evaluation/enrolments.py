"""How often honest people are refused when they enrol a face. The people are drawn from
photographs, and each film answers moves that were drawn for it."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lab.evaluation.embedding import Tick
from lab.evaluation.error_rates import Proportion
from lab.pictures import rendering
from verification.domain.challenge import Move, draw_challenge
from verification.engines.base import FaceEngine
from verification.engines.chosen import chosen_engine
from verification.services import EnrolmentCapture, judge_film

FRONT_DEGREES = 10.0
"""How far a head may be turned in a photograph that counts as taken from the front."""
TRIES = 3
"""Films of one person in a row. What one film could not show is left out of the next draw."""


@dataclass(frozen=True)
class Enrolments:
    """What became of honest films.

    refused     of all films
    plain       the same of photographs that show one face, taken from the front: the others make
                heads of which half is invented, or with somebody behind them
    given_up    of all people, those of whom all TRIES films were refused
    reasons     the worst reason of each refused film, or the hint where pictures were poor
    """

    refused: Proportion
    plain: Proportion
    given_up: Proportion
    reasons: Counter[str]


def evaluate(photos: Sequence[bytes], seconds: float, tick: Tick) -> Enrolments:
    """Draw TRIES films of each person, person after person and round after round, for so many
    seconds. Calls `tick` after each film.

    A person whose films were not all drawn in time is left out. Uses the chosen engine.
    """
    ends, number = time.monotonic() + seconds, 0
    tried: list[list[str]] = []
    plain: list[str] = []
    while time.monotonic() < ends and photos:
        photo = photos[number % len(photos)]
        tried.append(_try(photo, random.Random(number), tick))
        plain += tried[-1] if _is_plain(photo) else []
        number += 1
    films = [why for each in tried for why in each]
    return Enrolments(
        _refused(films),
        _refused(plain),
        Proportion(sum(map(all, tried)), len(tried)),
        Counter(filter(None, films)),
    )


def _refused(films: Sequence[str]) -> Proportion:
    return Proportion(sum(map(bool, films)), len(films))


def _is_plain(photo: bytes) -> bool:
    with chosen_engine() as engine:
        return is_plain(engine, photo)


def is_plain(engine: FaceEngine, photo: bytes) -> bool:
    """Whether the photograph shows one face that looks at the camera."""
    _head, straight_degrees = rendering.head_of(photo)
    [seen] = engine.enrol([rendering.to_jpeg(rendering.picture_of(photo))]).frames
    return seen.faces == 1 and abs(straight_degrees) <= FRONT_DEGREES


def _try(photo: bytes, rng: random.Random, tick: Tick) -> list[str]:
    """Why each of the films was refused, or "" for one that makes a face."""
    unreadable: set[Move] = set()
    found = []
    for _ in range(TRIES):
        challenge = draw_challenge(rng, without=unreadable)
        burst = rendering.render_burst(photo, challenge, rng=rng)
        frames, times_s = [frame for _, frame in burst], [at_s for at_s, _ in burst]
        judged = judge_film(challenge, EnrolmentCapture(frames, times_s, 1), too_soon=False)
        unreadable = {Move(name) for name in judged.moves_unreadable}
        worst = judged.findings[0].reason.value if judged.findings else ""
        found.append(f"{worst} ({judged.hint})" if worst and judged.hint else worst)
        tick()
    return found
