"""People who are filmed live in simulated time, and scenes in their place."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest

from lab.evaluation import live_films
from lab.evaluation.written_people import WrittenPerson
from lab.fake_engine import FakeEngine
from lab.pictures.live_attacks import Clips, Film, Mixed, Swapped
from lab.pictures.live_people import (
    QUICK_S,
    SLOW_S,
    Answers,
    Line,
    Scene,
    acted_film,
    film_live,
)
from lab.pictures.rendering import Temper
from verification.domain.challenge import Move
from verification.domain.live_film import LiveFilm, Phase
from verification.domain.live_moves import draw_moves

MOVES = (Move.TURN_LEFT, Move.BLINK, Move.TILT_RIGHT)
PATIENT = Line(every_s=0.05, way_s=(0.2, 0.2))


def filmed(
    scene: Scene, seed: int = 1, *, moves: Sequence[Move] = MOVES, line: Line | None = None
) -> LiveFilm:
    rng = random.Random(seed)
    film = LiveFilm(moves, rng)
    film_live(scene, film, FakeEngine().begin_film(None), rng=rng, line=line)
    return film


@pytest.mark.parametrize("reaction_s", [QUICK_S, SLOW_S])
@pytest.mark.parametrize("seed", range(5))
def test_whoever_answers_is_seen(reaction_s: tuple[float, float], seed: int) -> None:
    rng = random.Random(seed)
    moves = draw_moves(rng)

    film = filmed(WrittenPerson("me", rng, reaction_s=reaction_s), seed, moves=moves)

    assert film.phase is Phase.DONE
    assert film.moves_seen().made == moves
    assert not film.moves_seen().unprompted_at_s
    assert all(reaction_s[0] < seconds < reaction_s[1] + 0.8 for seconds in film.responses_s)


@pytest.mark.parametrize("line", [Line(fps=4.0), Line(way_s=(0.2, 0.2)), Line(way_s=(0.4, 0.5))])
def test_a_slow_camera_and_a_slow_network_only_take_longer(line: Line) -> None:
    film = filmed(WrittenPerson("me", random.Random(2)), line=line)

    assert film.moves_seen().made == MOVES


def test_on_a_slow_network_pictures_are_spread_evenly() -> None:
    film = filmed(WrittenPerson("me", random.Random(2)), line=Line(way_s=(0.4, 0.4)))

    gaps = [b.at_s - a.at_s for a, b in pairwise(film.frames[3:])]
    assert film.phase is Phase.DONE
    assert max(gaps) < 0.5


def test_no_picture_is_sent_before_the_one_before_the_last_is_answered() -> None:
    film = filmed(WrittenPerson("me", random.Random(2)), line=PATIENT)

    gaps = [b.at_s - a.at_s for a, b in zip(film.frames, film.frames[2:], strict=False)]
    assert min(gaps) >= 0.4  # there and back


def test_who_waits_for_the_tick_goes_farther() -> None:
    answers = Answers(Temper.draw(random.Random(1)), QUICK_S, random.Random(1))
    answers.sees(1.0, Move.LOOK_UP)

    shown = [answers.made(at_s)[0][1] for at_s in (0.9, 2.5, 4.0)]
    assert shown == [0.0, 1.0, pytest.approx(1.35)]


def test_a_move_is_undone_when_it_is_not_shown_any_more() -> None:
    answers = Answers(Temper.draw(random.Random(1)), QUICK_S, random.Random(1))
    answers.sees(0.0, Move.SMILE)
    answers.sees(1.5, Move.SMILE)
    answers.sees(2.0, None)

    assert answers.pose(1.9).smile > 0.9
    assert answers.pose(4.0).smile == 0.0


def test_a_film_made_before_shows_its_moves_whatever_is_asked() -> None:
    rng = random.Random(3)
    film = Film(acted_film(WrittenPerson("me", rng), [Move.LOOK_DOWN, Move.SMILE], rng))

    seen = filmed(film).moves_seen()

    assert seen.missing[0] is Move.TURN_LEFT
    assert seen.unprompted_at_s


def test_a_film_in_a_loop_begins_anew() -> None:
    film = Film([(0.0, b"first"), (0.1, b"second")], loop=True)

    assert [film.picture(at_s) for at_s in (0.0, 0.15, 0.2, 0.35)] == [
        *(b"first", b"second", b"first", b"second")
    ]


def test_a_program_plays_the_clip_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.pictures.attacks.encoded_anew", lambda jpeg, rng: jpeg)
    rng = random.Random(4)

    film = filmed(Clips(lambda: WrittenPerson("me", rng), rng, idle_s=5.0))

    assert film.moves_seen().made == MOVES


def test_other_people_come_in_where_they_are_said_to() -> None:
    rng = random.Random(5)

    def scenes() -> tuple[Scene, Scene]:
        return WrittenPerson("first", rng), WrittenPerson("second", rng)

    swapped, mixed = Swapped(*scenes()), Mixed(*scenes())
    before = swapped.picture(0.0)
    swapped.sees(0.1, Move.BLINK)

    assert (b"first" in before, b"second" in swapped.picture(0.2)) == (True, True)
    assert [b"second" in mixed.picture(n / 10) for n in range(6)] == [False, False, True] * 2


def test_a_film_for_another_draw_fits_seldom() -> None:
    fit = live_films.films_that_fit(60, random.Random(6))

    assert fit.total == 60
    assert fit.count <= 4
