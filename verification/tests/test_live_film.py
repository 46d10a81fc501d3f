"""A live film: moves one after another, each told only when the one before was seen and undone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.fake_engine import MOVED, REST
from verification.domain.challenge import TURNS, Move
from verification.domain.live_film import LiveFilm, LiveLimits, Phase
from verification.domain.live_moves import MOVES, OTHERS, chance_of_a_film, draw_moves
from verification.domain.measurements import FrameMeasurement
from verification.tests.test_liveness import frame

seeds = st.integers(0, 10**9)
Change = Callable[[FrameMeasurement], FrameMeasurement]


@dataclass
class Somebody:
    """Answers each prompt after a while, and returns when it is gone."""

    reaction_s: float = 0.4
    moving_s: float = 0.3
    told: list[tuple[float, Move | None]] = field(default_factory=list)

    def sees(self, at_s: float, move: Move | None) -> None:
        if not self.told or self.told[-1][1] is not move:
            self.told.append((at_s, move))

    def shows(self, at_s: float) -> dict[str, float]:
        shown = dict(REST)
        for n, (began, move) in enumerate(self.told):
            end = self.told[n + 1][0] if n + 1 < len(self.told) else None
            if move is None:
                continue
            name, by = MOVED[move]
            away = self._share(at_s - began)
            back = self._share(at_s - end) if end is not None else 0.0
            shown[name] += by * (away - back)
        return shown

    def _share(self, since_s: float) -> float:
        return min(max((since_s - self.reaction_s) / self.moving_s, 0.0), 1.0)


def picture(at_s: float, shown: dict[str, float]) -> FrameMeasurement:
    bend = abs(shown["pitch"] - REST["pitch"])
    solid = {"planar_residual": 0.06 * abs(shown["yaw"]) + 0.3 * bend, "visibility": 30.0}
    return frame(at_s, **shown | solid)


def play(
    moves: Sequence[Move],
    person: Somebody,
    *,
    fps: float = 10.0,
    change: Change = lambda each: each,
    delay_s: float = 0.05,
) -> LiveFilm:
    """Film the person until the film is over. What is told takes so long to be seen."""
    film = LiveFilm(moves, random.Random(1))
    for n in range(int(60 * fps)):
        at_s = n / fps
        measured = change(picture(at_s, person.shows(at_s)))
        if not film.reads_eyes:
            measured = replace(measured, eye_openness=None)
        told = film.take(measured, now_s=at_s + 0.02)
        person.sees(at_s + delay_s, told.move)
        if film.is_over:
            break
    return film


@given(seeds)
def test_moves_are_three_with_a_turn_and_a_blink_and_never_those_of_before(seed: int) -> None:
    rng = random.Random(seed)
    before = draw_moves(rng)

    moves = draw_moves(rng, before=before)

    assert len(set(moves)) == MOVES
    assert set(moves) & set(TURNS)
    assert Move.BLINK in moves
    assert moves != before


def test_a_film_for_another_draw_fits_as_seldom_as_is_said() -> None:
    rng = random.Random(3)
    drawn = [draw_moves(rng) for _ in range(40_000)]

    fits = sum(a == b for a, b in zip(drawn[::2], drawn[1::2], strict=True)) / 20_000
    assert len(set(drawn)) == 78
    assert fits == pytest.approx(chance_of_a_film(), abs=0.003)


@given(seeds, st.floats(0.2, 1.2), st.sampled_from([4.0, 6.0, 10.0]))
def test_whoever_follows_is_seen_however_slow(seed: int, reaction_s: float, fps: float) -> None:
    moves = draw_moves(random.Random(seed))

    film = play(moves, Somebody(reaction_s), fps=fps)

    assert film.phase is Phase.DONE
    assert film.moves_seen().made == moves
    assert not film.moves_seen().missing
    assert not film.moves_seen().unprompted_at_s
    assert all(reaction_s <= seconds < reaction_s + 0.8 for seconds in film.responses_s)


def test_each_move_is_told_only_when_the_one_before_was_seen_and_undone() -> None:
    person = Somebody()
    moves = (Move.TURN_LEFT, Move.BLINK, Move.SMILE)

    film = play(moves, person)

    told = [move for _, move in person.told]
    assert told == [None, Move.TURN_LEFT, None, Move.BLINK, None, Move.SMILE, None]
    for (_, move), (began, _) in zip(person.told[1:-1:2], person.told[2::2], strict=True):
        assert move is not None
        assert began > 0
    assert film.challenge.prompts[0].end_s < film.challenge.prompts[1].start_s


@pytest.mark.parametrize("asked", [move for move in Move if move not in TURNS])
def test_nobody_who_stays_still_is_seen(asked: Move) -> None:
    film = play((asked, Move.TURN_LEFT), Somebody(reaction_s=1000))

    assert film.phase is Phase.ENDED
    assert film.moves_seen().missing == (asked, Move.TURN_LEFT)


@pytest.mark.parametrize("shown", [Move.LOOK_UP, Move.LOOK_DOWN, Move.TURN_RIGHT, Move.OPEN_MOUTH])
def test_another_move_than_the_asked_one_is_noted(shown: Move) -> None:
    """A film that was made before shows the moves of another draw."""

    class Liar(Somebody):
        def sees(self, at_s: float, move: Move | None) -> None:
            super().sees(at_s, shown if move is Move.TURN_LEFT else move)

    film = play((Move.TURN_LEFT, Move.BLINK), Liar())

    assert film.moves_seen().unprompted_at_s
    assert film.moves_seen().missing[0] is Move.TURN_LEFT


def test_a_move_that_is_there_when_its_prompt_comes_is_no_answer() -> None:
    """A film knows nothing of the prompts, so a move of it may begin before its prompt."""
    film = LiveFilm((Move.TURN_LEFT,), random.Random(1))
    at_s = 0.0
    while film.phase is Phase.FACE:
        film.take(picture(at_s, REST), now_s=at_s)
        at_s += 0.1

    turned = REST | {"yaw": 0.6}
    film.take(picture(at_s, turned), now_s=at_s)

    assert film.moves_seen().unprompted_at_s


def test_a_blink_that_comes_by_itself_is_not_the_asked_one() -> None:
    class Blinking(Somebody):
        def shows(self, at_s: float) -> dict[str, float]:
            shut = any(began + 0.3 <= at_s < began + 0.5 for began, move in self.told if move)
            return REST | {"eye_openness": 0.02 if shut else 0.2}

    film = play((Move.BLINK, Move.TURN_LEFT), Blinking())

    assert film.moves_seen().missing[0] is Move.BLINK


def test_a_flat_picture_that_is_tilted_never_turns() -> None:
    film = play(
        (Move.TURN_LEFT, Move.BLINK),
        Somebody(),
        change=lambda each: replace(each, planar_residual=0.004),
    )

    assert film.moves_seen().missing[0] is Move.TURN_LEFT


def test_the_film_begins_only_with_a_good_face_that_looks_straight() -> None:
    film = LiveFilm((Move.TURN_LEFT,), random.Random(1))
    bad = [
        ({"brightness": 10.0}, "too_dark"),
        ({"eye_distance_px": 20.0}, "too_small"),
        ({"yaw": 0.7}, "not_frontal"),
        ({"faces": 2}, "several_faces"),
    ]

    for n, (changed, hint) in enumerate(bad * 3):
        shown = film.take(replace(picture(n / 10, REST), **changed), now_s=n / 10)
        assert (shown.phase, shown.hint) == (Phase.FACE, hint)


def test_no_good_face_ends_the_film_after_a_while() -> None:
    film = play((Move.TURN_LEFT,), Somebody(), change=lambda each: replace(each, brightness=5.0))

    assert film.phase is Phase.ENDED
    assert not film.has_begun
    assert film.frames[-1].at_s == pytest.approx(LiveLimits().face_wait_s, abs=0.3)


def test_eyes_that_cannot_be_read_are_not_asked_to_shut() -> None:
    film = play(
        (Move.TURN_LEFT, Move.BLINK, Move.SMILE),
        Somebody(),
        change=lambda each: replace(each, eye_openness=0.03),
    )

    made = film.moves_seen().made
    assert film.phase is Phase.DONE
    assert Move.BLINK not in made
    assert set(made) <= set(OTHERS)
    assert not film.moves_seen().blink_spared


def test_glasses_that_come_off_after_the_rest_are_noticed() -> None:
    film = play(
        (Move.TURN_LEFT, Move.BLINK, Move.SMILE),
        Somebody(),
        change=lambda each: replace(each, eye_openness=0.03 if each.at_s < 1 else 0.2),
    )

    assert film.phase is Phase.DONE
    assert film.moves_seen().blink_spared


def test_a_move_that_is_held_for_ever_ends_the_film() -> None:
    class Stiff(Somebody):
        def sees(self, at_s: float, move: Move | None) -> None:
            if move is not None:
                super().sees(at_s, move)

    film = play((Move.TURN_LEFT, Move.BLINK), Stiff())

    assert film.phase is Phase.ENDED
    assert film.moves_seen().made == (Move.TURN_LEFT,)
    assert film.moves_seen().missing == (Move.BLINK,)


def test_pictures_that_lie_far_apart_are_not_one_after_the_other() -> None:
    """Who chooses pictures by hand sends a few a second."""
    film = play((Move.TURN_LEFT, Move.BLINK), Somebody(), fps=1.5)

    assert not film.has_begun


def test_a_gap_in_the_middle_of_a_move_begins_it_anew() -> None:
    turned = REST | {"yaw": 0.6}
    film = LiveFilm((Move.TURN_LEFT,), random.Random(1))
    for n in range(30):
        film.take(picture(n / 10, REST), now_s=n / 10)
        if film.phase is Phase.MOVE:
            break
    at_s = film.frames[-1].at_s
    phases = [
        film.take(picture(at_s + after_s, turned), now_s=at_s + after_s).phase
        for after_s in (0.5, 1.2, 1.3)
    ]

    assert phases == [Phase.MOVE, Phase.MOVE, Phase.DONE]


class Blinker(Somebody):
    """Blinks by themselves between these seconds."""

    def __init__(self, from_s: float, to_s: float) -> None:
        super().__init__()
        self.blink = from_s, to_s

    def shows(self, at_s: float) -> dict[str, float]:
        shown = super().shows(at_s)
        return shown | {"eye_openness": 0.02} if self.blink[0] <= at_s < self.blink[1] else shown


@pytest.mark.parametrize("from_s", [0.0, 0.1, 0.2, 0.3])
def test_who_blinks_at_rest_is_seen_to_blink_later(from_s: float) -> None:
    film = play((Move.BLINK, Move.TURN_LEFT), Blinker(from_s, from_s + 0.25))

    assert film.moves_seen().made == (Move.BLINK, Move.TURN_LEFT)


def test_a_blink_that_is_under_way_when_it_is_asked_for_counts_against_nobody() -> None:
    asked_s = play((Move.BLINK,), Somebody()).challenge.prompts[0].start_s

    film = play((Move.BLINK,), Blinker(asked_s + 0.02, asked_s + 0.14))

    assert film.moves_seen().made == (Move.BLINK,)
    assert not film.moves_seen().unprompted_at_s


def test_a_move_that_trembles_is_still_held() -> None:
    def trembles(each: FrameMeasurement) -> FrameMeasurement:
        yaw = each.yaw or 0.0
        shown = 0.36 if round(each.at_s * 10) % 2 else 0.31
        return replace(each, yaw=min(yaw, shown))

    film = play((Move.TURN_LEFT,), Somebody(), change=trembles)

    assert film.phase is Phase.DONE


@pytest.mark.parametrize("asked", [Move.SMILE, Move.OPEN_MOUTH])
def test_a_mouth_that_is_open_at_rest_is_not_asked_to_move(asked: Move) -> None:
    film = play(
        (Move.TURN_LEFT, Move.BLINK, asked),
        Somebody(),
        change=lambda each: replace(each, mouth_gap=(each.mouth_gap or 0.0) + 0.15),
    )

    made = film.moves_seen().made
    assert film.phase is Phase.DONE
    assert made[:2] == (Move.TURN_LEFT, Move.BLINK)
    assert made[2] in set(OTHERS) - {Move.SMILE, Move.OPEN_MOUTH}
