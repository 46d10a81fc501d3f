"""Recognising during a film in place of after it changes nothing of what is measured."""

from __future__ import annotations

import pytest

from lab.pictures import rendering
from lab.pictures.live_people import sent
from verification.domain.challenge import Challenge, Move, Prompt
from verification.engines import get_engine
from verification.engines.base import BurstMeasurement, FilmMeasuring
from verification.engines.head import Pose

pytestmark = pytest.mark.slow

TURN, SMILE, LAST = (
    Prompt(Move.TURN_LEFT, 0.5, 1.0),
    Prompt(Move.SMILE, 1.6, 2.1),
    Prompt(Move.TURN_RIGHT, 2.6, 3.1),
)
TURNED = {0.8: 25.0, 1.0: 30.0, 2.9: -25.0, 3.1: -30.0}
TIMES_S = (0.1, 0.2, 0.3, 0.8, 1.0, 1.4, 1.9, 2.1, 2.5, 2.9, 3.1)
ASKED = {
    0.3: Challenge((Prompt(Move.TURN_LEFT, 0.5, 0.5),), 0.5),
    1.4: Challenge((TURN, Prompt(Move.SMILE, 1.6, 1.6)), 1.6),
    2.5: Challenge((TURN, SMILE, Prompt(Move.TURN_RIGHT, 2.6, 2.6)), 2.6),
}
"""What is asked for after the pictures of these seconds."""


def measured(film: FilmMeasuring, pictures: dict[float, bytes], *, ahead: bool) -> BurstMeasurement:
    for at_s, jpeg in pictures.items():
        film.look(jpeg, at_s, eyes=at_s <= 0.3)
        if at_s == 0.3:
            film.rest(3)
        if ahead and at_s in ASKED:
            film.recognise_ahead(ASKED[at_s])
    return film.finish(Challenge((TURN, SMILE, LAST), 3.1))


def test_the_film_is_measured_the_same(photographs: dict[str, list[bytes]]) -> None:
    head, straight = rendering.head_of(photographs["astronaut"][0])
    pictures = {
        at_s: sent(head.draw(Pose(yaw_degrees=straight + TURNED.get(at_s, 0.0))), None)
        for at_s in TIMES_S
    }
    engine = get_engine("opencv")
    reference = engine.describe(photographs["astronaut"][0])

    during = measured(engine.begin_film(reference), pictures, ahead=True)
    after = measured(engine.begin_film(reference), pictures, ahead=False)

    assert during == after
    assert during.comparison_score is not None
    assert during.lowest_self_score is not None
