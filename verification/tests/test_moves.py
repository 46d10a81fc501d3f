"""Each move alone, measured against the person's own rest."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.fake_engine import REST
from verification.domain.challenge import Challenge, Move, Prompt
from verification.domain.measurements import FrameMeasurement
from verification.domain.move_limits import MoveLimits
from verification.domain.moves import MovesSeen, see_moves
from verification.tests.test_liveness import burst

LIMITS = MoveLimits()
Change = Callable[[FrameMeasurement], FrameMeasurement]


def turn_then(move: Move) -> Challenge:
    """The tested move is prompted from 3.5 to 4.8 s."""
    return Challenge((Prompt(Move.TURN_LEFT, 1.1, 2.4), Prompt(move, 3.5, 4.8)), duration_s=6.4)


def seen(challenge: Challenge, change: Change = lambda frame: frame) -> MovesSeen:
    return see_moves([change(frame) for frame in burst(challenge)], challenge, LIMITS)


def between(start_s: float, end_s: float, **other: float | None) -> Change:
    """Change the frames between two times."""
    return lambda frame: replace(frame, **other) if start_s <= frame.at_s <= end_s else frame


ALL_BUT_THE_LEFT_TURN = [move for move in Move if move is not Move.TURN_LEFT]


@pytest.mark.parametrize("move", ALL_BUT_THE_LEFT_TURN)
def test_each_move_is_seen(move: Move) -> None:
    assert seen(turn_then(move)).made == (Move.TURN_LEFT, move)


@pytest.mark.parametrize("asked", ALL_BUT_THE_LEFT_TURN)
@pytest.mark.parametrize("shown", ALL_BUT_THE_LEFT_TURN)
def test_no_move_passes_for_another(asked: Move, shown: Move) -> None:
    found = see_moves(burst(turn_then(shown)), turn_then(asked), LIMITS)

    assert (asked in found.made) == (asked is shown)


@pytest.mark.parametrize("move", ALL_BUT_THE_LEFT_TURN)
def test_move_that_is_there_before_its_prompt_is_missing(move: Move) -> None:
    challenge = turn_then(move)
    held = next(frame for frame in burst(challenge) if frame.at_s >= 4.5)
    measured = {name: getattr(held, name) for name in (*REST, "planar_residual")}

    assert seen(challenge, between(3.3, 3.6, **measured)).missing == (move,)


@pytest.mark.parametrize("move", ALL_BUT_THE_LEFT_TURN)
def test_move_of_one_frame_is_missing(move: Move) -> None:
    challenge = turn_then(move)
    at_rest = burst(Challenge(challenge.prompts[:1], 6.4))

    def only_one(frame: FrameMeasurement) -> FrameMeasurement:
        still = next(each for each in at_rest if each.at_s == frame.at_s)
        return frame if frame.at_s < 3 or frame.at_s == 4.5 else still

    assert seen(challenge, only_one).missing == (move,)


@pytest.mark.parametrize("move", [Move.TURN_RIGHT, Move.LOOK_UP])
def test_moves_of_the_head_need_depth(move: Move) -> None:
    assert seen(turn_then(move), between(3.0, 6.4, planar_residual=0.005)).missing == (move,)


@given(st.floats(0.08, 0.4))
def test_narrow_and_wide_eyes_blink_alike(openness: float) -> None:
    def own(frame: FrameMeasurement) -> FrameMeasurement:
        return replace(frame, eye_openness=(frame.eye_openness or 0.0) / 0.2 * openness)

    assert Move.BLINK in seen(turn_then(Move.BLINK), own).made


@given(st.floats(0.4, 1.2))
def test_narrow_and_wide_mouths_smile_alike(width: float) -> None:
    def own(frame: FrameMeasurement) -> FrameMeasurement:
        return replace(frame, mouth_width=(frame.mouth_width or 0.0) / 0.6 * width)

    assert Move.SMILE in seen(turn_then(Move.SMILE), own).made


@pytest.mark.parametrize(
    "change",
    [
        between(0, 9, eye_openness=None),
        between(0, 1.2, eye_openness=0.05),
        between(0, 0.6, eye_openness=0.02),
    ],
    ids=["not_measured", "next_to_shut_at_rest", "jumping_at_rest"],
)
def test_eyes_that_cannot_be_read_are_neither_made_nor_missing(change: Change) -> None:
    found = seen(turn_then(Move.BLINK), change)

    assert found.unreadable == (Move.BLINK,)
    assert found.made == (Move.TURN_LEFT,)
    assert found.missing == ()


def test_one_blink_at_rest_leaves_eyes_readable() -> None:
    found = seen(turn_then(Move.BLINK), between(0.4, 0.6, eye_openness=0.02))

    assert found.made == (Move.TURN_LEFT, Move.BLINK)


def test_no_frame_before_a_prompt_is_no_proof_that_the_move_was_absent() -> None:
    challenge = turn_then(Move.SMILE)
    frames = [frame for frame in burst(challenge) if not 2.9 <= frame.at_s <= 3.65]

    assert see_moves(frames, challenge, LIMITS).missing == (Move.SMILE,)


@pytest.mark.parametrize(
    ("openness", "spared"), [(0.2, True), (0.02, False), (None, False)], ids=str
)
def test_readable_eyes_that_were_not_asked_to_blink_are_told(openness, spared) -> None:
    found = seen(turn_then(Move.SMILE), between(0, 9, eye_openness=openness))

    assert found.blink_spared is spared
    assert not seen(turn_then(Move.BLINK)).blink_spared


def test_smile_is_not_read_from_a_head_that_looks_up() -> None:
    """Looking up widens a mouth by itself."""
    wide = between(3.9, 5.0, mouth_width=0.7, pitch=0.4, planar_residual=0.03)

    assert seen(turn_then(Move.SMILE), wide).missing == (Move.SMILE,)


def test_smile_kept_from_the_start_is_not_a_smile() -> None:
    assert seen(turn_then(Move.SMILE), between(0, 9, mouth_width=0.72)).missing == (Move.SMILE,)


def test_who_never_faced_the_camera_has_made_nothing_readable_or_not() -> None:
    found = seen(turn_then(Move.BLINK), between(0, 1.3, yaw=0.7))

    assert not found.frontal_start
    assert found.unreadable == ()
