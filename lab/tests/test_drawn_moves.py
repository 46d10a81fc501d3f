"""The moves of drawn heads, as the real engine sees them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.pictures import rendering
from lab.pictures.live_people import sent
from verification.domain.challenge import Move
from verification.domain.extents import extent_of
from verification.domain.live_film import EXACT_MOVES
from verification.domain.move_limits import MoveLimits
from verification.domain.rest import rest_of
from verification.engines import get_engine
from verification.engines.head import Pose

pytestmark = pytest.mark.slow
LIMITS = MoveLimits()
TEMPER = rendering.Temper(0.4, 0.4, 0.4, turn_degrees=31.0, up_degrees=28.0, smile=1.2)


@pytest.mark.parametrize("move", [each for each in Move if each is not Move.BLINK])
@pytest.mark.parametrize("who", ["biden", "astronaut"])
def test_a_drawn_move_is_seen_and_taken_for_no_other(
    photographs: dict[str, list[bytes]], who: str, move: Move
) -> None:
    head, straight = rendering.head_of(photographs[who][0])
    film = get_engine("opencv").begin_film(None)
    at_rest = sent(head.draw(Pose(yaw_degrees=straight)), None)
    rest = rest_of([film.look(at_rest, n / 10, eyes=True) for n in range(3)], LIMITS)
    film.rest(3)

    acted = TEMPER.pose([(move, 1.0)])
    pose = replace(acted, yaw_degrees=straight + acted.yaw_degrees)
    frame = film.look(sent(head.draw(pose), None), 0.4, eyes=True)

    shown = {each: extent_of(each, frame, rest, LIMITS) for each in Move}
    assert shown[move] >= 1
    assert all(shown[each] < shown[move] for each in EXACT_MOVES if each is not move)


def test_left_is_the_persons_own(photographs: dict[str, list[bytes]]) -> None:
    """The frame is not mirrored, so the head leans to the right of it."""
    head, straight = rendering.head_of(photographs["obama"][0])
    acted = TEMPER.pose([(Move.TILT_LEFT, 1.0)])

    frame = (
        get_engine("opencv")
        .begin_film(None)
        .look(sent(head.draw(replace(acted, yaw_degrees=straight)), None), 0.0, eyes=False)
    )

    assert acted.roll_degrees > 0
    assert frame.roll is not None
    assert frame.roll > LIMITS.tilt_degrees_min
