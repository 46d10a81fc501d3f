"""The rules of liveness on measured numbers alone, without pictures or an engine."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lab.fake_engine import asked
from verification.domain.challenge import (
    NEUTRAL_START_S,
    PROMPT_S,
    SHORTEST_GAP_S,
    TURNS,
    Challenge,
    Move,
    Prompt,
    draw_challenge,
)
from verification.domain.liveness import (
    FrameMeasurement,
    LivenessLimits,
    LivenessProblem,
    judge_moves,
)

LIMITS = LivenessLimits()
LEFT_RIGHT = Challenge(
    (Prompt(Move.TURN_LEFT, 1.0, 2.3), Prompt(Move.TURN_RIGHT, 3.4, 4.7)), duration_s=5.6
)
seeds = st.integers(0, 10**9)


def frame(at_s: float, yaw: float = 0.0, **other: float | None) -> FrameMeasurement:
    """A good frame of a solid head that is turned by `yaw`."""
    solid = FrameMeasurement(
        at_s=at_s,
        faces=1,
        eye_distance_px=80.0,
        sharpness=20.0,
        brightness=120.0,
        yaw=yaw,
        pitch=0.5,
        roll=0.0,
        mouth_width=0.6,
        mouth_gap=0.02,
        eye_openness=0.2,
        planar_residual=0.06 * abs(yaw),
        planar_fit=0.85 if abs(yaw) > 0.3 else None,
        displacement=abs(yaw) / 2 + 0.05,
        change=5.0,
    )
    return replace(solid, **other)


def burst(
    challenge: Challenge,
    *,
    fps: float = 4.0,
    times_s: Sequence[float] = (),
    rest: float = 0.0,
    reaction_s: float = 0.4,
) -> list[FrameMeasurement]:
    """A burst of a person whose yaw at rest is `rest`, filmed evenly unless times are given."""
    times_s = times_s or [n / fps for n in range(int(challenge.duration_s * fps) + 1)]
    frames = []
    for at_s in times_s:
        shown = asked(at_s, challenge, reaction_s=reaction_s)
        turn, bend = abs(shown["yaw"]), abs(shown["pitch"] - 0.5)
        moved = {"planar_residual": 0.06 * turn + 0.3 * bend, "displacement": turn + bend + 0.05}
        frames.append(frame(at_s, **shown | {"yaw": rest + shown["yaw"]} | moved))
    return frames


def problems(frames: list[FrameMeasurement], challenge: Challenge = LEFT_RIGHT) -> set[str]:
    return {problem.value for problem in judge_moves(frames, challenge, LIMITS).problems}


@given(seeds)
def test_draw_challenge_leaves_a_neutral_start_and_gaps(seed: int) -> None:
    challenge = draw_challenge(random.Random(seed))

    prompts = challenge.prompts
    assert len(prompts) in (2, 3)
    assert prompts[0].start_s >= NEUTRAL_START_S
    assert all(b.start_s - a.end_s >= SHORTEST_GAP_S - 0.02 for a, b in pairwise(prompts))
    assert all(p.end_s - p.start_s == pytest.approx(PROMPT_S, abs=0.02) for p in prompts)
    assert prompts[-1].end_s <= challenge.duration_s == (6.8 if len(prompts) == 2 else 8.8)


@given(seeds)
def test_draw_challenge_asks_for_different_moves_with_a_turn_and_a_blink(seed: int) -> None:
    moves = [prompt.move for prompt in draw_challenge(random.Random(seed)).prompts]

    assert len(set(moves)) == len(moves)
    assert set(moves) & set(TURNS)
    assert Move.BLINK in moves


@given(seeds)
def test_twelve_pictures_show_the_rest_each_move_and_what_was_before_it(seed: int) -> None:
    challenge = draw_challenge(random.Random(seed))
    moments, (first, *later) = challenge.pictures_s, challenge.prompts

    assert len(moments) == 12
    assert min(b - a for a, b in pairwise(moments)) > 0.2
    assert sum(at_s <= first.start_s + 0.1 for at_s in moments) == 3
    for prompt in challenge.prompts:
        assert sum(prompt.start_s + 0.8 < at_s <= prompt.end_s + 0.2 for at_s in moments) >= 2
    for prompt in later:
        assert any(prompt.start_s - 0.3 < at_s < prompt.start_s for at_s in moments)
    assert challenge.prompts[-1].end_s < moments[-1] == challenge.duration_s


def test_draw_challenge_varies_order_and_times() -> None:
    drawn = [draw_challenge(random.Random(seed)) for seed in range(600)]

    orders = {tuple(prompt.move for prompt in challenge.prompts) for challenge in drawn}
    times = {tuple(prompt.start_s for prompt in challenge.prompts) for challenge in drawn}
    # Two pairs of a turn and a blink come in 2 orders, and five triples in 6.
    assert len(orders) == 4 + 30
    assert len(times) > 550


@given(seeds, st.sets(st.sampled_from(list(Move))))
def test_draw_challenge_leaves_out_what_cannot_be_asked(seed: int, without: set[Move]) -> None:
    challenge = draw_challenge(random.Random(seed), without=without)

    asked_for = {prompt.move for prompt in challenge.prompts}
    assert len(asked_for) in (2, 3)
    assert asked_for & without <= set(TURNS)


@given(seeds)
def test_challenge_survives_json(seed: int) -> None:
    challenge = draw_challenge(random.Random(seed))

    assert Challenge.from_json(json.loads(json.dumps(challenge.to_json()))) == challenge


@pytest.mark.parametrize("data", [{}, {"prompts": [{}], "duration_s": 5}, {"prompts": [3]}])
def test_challenge_from_other_json_raises(data: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Challenge.from_json(data)


@given(seeds, st.floats(3.0, 5.0), st.floats(-0.35, 0.35), st.floats(0.25, 0.55))
def test_person_who_follows_passes(seed: int, fps: float, rest: float, reaction_s: float) -> None:
    challenge = draw_challenge(random.Random(seed))

    findings = judge_moves(
        burst(challenge, fps=fps, rest=rest, reaction_s=reaction_s), challenge, LIMITS
    )

    assert findings.problems == ()
    assert findings.moves.made == tuple(prompt.move for prompt in challenge.prompts)


@given(seeds, st.floats(0.0, 0.2), st.floats(-0.35, 0.35), st.floats(0.25, 0.5))
def test_person_who_follows_passes_with_twelve_pictures(
    seed: int, late_s: float, rest: float, reaction_s: float
) -> None:
    challenge = draw_challenge(random.Random(seed))
    times_s = [at_s + late_s for at_s in challenge.pictures_s]

    findings = judge_moves(
        burst(challenge, times_s=times_s, rest=rest, reaction_s=reaction_s), challenge, LIMITS
    )

    assert findings.problems == ()


@given(seeds, st.integers(0, 11))
def test_a_moment_without_a_picture_is_found(seed: int, missing: int) -> None:
    """A phone that leaves a moment out, or takes one twice, says nothing about what was there."""
    challenge = draw_challenge(random.Random(seed))
    moments = challenge.pictures_s
    others = [*moments[:missing], *moments[missing + 1 :]]
    between = sorted([*others, (moments[max(missing, 1)] + moments[max(missing, 1) - 1]) / 2])

    assert _are_times_impossible(challenge, others)
    assert _are_times_impossible(challenge, sorted({*between} - {moments[missing - 1]}))


@given(seeds, st.integers(0, 11), st.floats(0.26, 0.6))
def test_a_picture_that_is_late_is_found(seed: int, which: int, late_s: float) -> None:
    challenge = draw_challenge(random.Random(seed))
    moments = list(challenge.pictures_s)
    late = sorted([*moments[:which], moments[which] + late_s, *moments[which + 1 :]])
    assume(min(b - a for a, b in pairwise(late)) > 0.06)

    assert _are_times_impossible(challenge, late)


def test_surplus_pictures_do_not_stand_for_one_that_is_missing() -> None:
    moments = LEFT_RIGHT.pictures_s
    crowded = [each + n * 0.07 for each in moments[:2] for n in range(3)]

    assert _are_times_impossible(LEFT_RIGHT, sorted([*crowded, *moments[3:]]))
    assert not _are_times_impossible(LEFT_RIGHT, sorted([*crowded, *moments[2:]]))


def _are_times_impossible(challenge: Challenge, times_s: Sequence[float]) -> bool:
    return judge_moves(burst(challenge, times_s=times_s), challenge, LIMITS).impossible_times


@given(seeds, st.integers(4, 22))
def test_person_who_never_moves_fails(seed: int, faceless: int) -> None:
    challenge = draw_challenge(random.Random(seed))
    frames = [frame(each.at_s) for each in burst(challenge)]
    frames[faceless] = FrameMeasurement(frames[faceless].at_s, faces=0)

    findings = judge_moves(frames, challenge, LIMITS)

    assert findings.moves.missing == tuple(prompt.move for prompt in challenge.prompts)
    assert not findings.passed


@given(seeds)
def test_mirrored_moves_fail(seed: int) -> None:
    challenge = draw_challenge(random.Random(seed))
    mirrored = [replace(each, yaw=-(each.yaw or 0.0)) for each in burst(challenge)]

    findings = judge_moves(mirrored, challenge, LIMITS)

    turns = [prompt.move for prompt in challenge.prompts if prompt.move in TURNS]
    assert set(turns) <= set(findings.moves.missing)
    assert findings.moves.unprompted_at_s


@given(seeds, seeds)
def test_burst_of_other_moves_fails(one: int, other: int) -> None:
    now, earlier = draw_challenge(random.Random(one)), draw_challenge(random.Random(other))
    assume([prompt.move for prompt in now.prompts] != [prompt.move for prompt in earlier.prompts])

    assert not judge_moves(burst(earlier), now, LIMITS).passed


def test_few_bursts_of_earlier_challenges_pass() -> None:
    rng = random.Random(5)
    met = 0
    for _ in range(1000):
        now, earlier = draw_challenge(rng), draw_challenge(rng)
        met += judge_moves(burst(earlier), now, LIMITS).passed

    assert met <= 50  # it was 577 of 20,000 with another seed


def test_turn_before_its_prompt_is_unprompted() -> None:
    assert "move_unprompted" in problems(burst(LEFT_RIGHT, reaction_s=-0.5))


def test_turn_long_after_its_prompt_is_missing() -> None:
    assert "move_missing" in problems(burst(LEFT_RIGHT, reaction_s=1.3))


def test_extra_turn_between_prompts_is_unprompted() -> None:
    frames = [
        frame(each.at_s, 0.5) if 3.2 <= each.at_s <= 3.5 else each for each in burst(LEFT_RIGHT)
    ]

    assert problems(frames) == {"move_unprompted"}


def test_shaking_the_head_through_the_burst_fails() -> None:
    frames = [frame(n / 4, 0.6 if n % 4 < 2 else -0.6) for n in range(22)]

    assert {"no_frontal_start", "move_unprompted"} <= problems(frames)


def test_turned_start_is_not_frontal() -> None:
    frames = [replace(each, yaw=(each.yaw or 0.0) + 0.5) for each in burst(LEFT_RIGHT)]

    assert "no_frontal_start" in problems(frames)


def test_start_without_a_face_is_not_frontal() -> None:
    frames = [
        FrameMeasurement(each.at_s, faces=0) if each.at_s < 1.2 else each
        for each in burst(LEFT_RIGHT)
    ]

    assert "no_frontal_start" in problems(frames)


def test_motion_that_a_plane_explains_is_flat() -> None:
    frames = [replace(each, planar_fit=each.planar_fit and 0.99) for each in burst(LEFT_RIGHT)]

    assert problems(frames) == {"flat_motion"}


def test_turns_without_depth_do_not_count() -> None:
    frames = [replace(each, planar_residual=0.004) for each in burst(LEFT_RIGHT)]

    assert problems(frames) == {"move_missing"}


@pytest.mark.parametrize(
    "measured", [{"change": 0.0}, {"displacement": 0.01}], ids=["repeated", "still"]
)
def test_frozen_burst_is_frozen(measured: dict[str, float]) -> None:
    frames = [replace(each, **measured) for each in burst(LEFT_RIGHT)]

    assert "frozen" in problems(frames)


def test_few_frames_with_a_face_are_not_called_frozen() -> None:
    frames = [
        each if n < 3 else FrameMeasurement(each.at_s, faces=0)
        for n, each in enumerate(burst(LEFT_RIGHT))
    ]

    assert "frozen" not in problems(frames)


def times(*values: float) -> list[FrameMeasurement]:
    return [frame(at_s) for at_s in values]


@pytest.mark.parametrize(
    "frames",
    [
        [],
        times(0.0),
        burst(LEFT_RIGHT)[::-1],
        [replace(each, at_s=1.0) for each in burst(LEFT_RIGHT)],
        burst(LEFT_RIGHT, fps=1.5),
        burst(LEFT_RIGHT, fps=30),
        [replace(each, at_s=each.at_s / 4) for each in burst(LEFT_RIGHT)],
        [replace(each, at_s=each.at_s * 3) for each in burst(LEFT_RIGHT)],
        [replace(each, at_s=each.at_s - 1) for each in burst(LEFT_RIGHT)],
        [replace(each, at_s=each.at_s + 1) for each in burst(LEFT_RIGHT)],
        [each for each in burst(LEFT_RIGHT) if not 2.0 < each.at_s < 3.2],
        [each for each in burst(LEFT_RIGHT) if each.at_s < 3.0],
        [replace(each, at_s=float("nan")) for each in burst(LEFT_RIGHT)],
        [*burst(LEFT_RIGHT)[:9], frame(float("nan")), *burst(LEFT_RIGHT)[10:]],
        [*burst(LEFT_RIGHT)[:-1], frame(float("inf"))],
    ],
    ids=[
        "none",
        "one",
        "backwards",
        "all_at_once",
        "too_slow",
        "too_fast",
        "squeezed",
        "stretched",
        "before_the_start",
        "late_start",
        "a_hole",
        "too_short",
        "nan",
        "nan_in_the_middle",
        "infinite",
    ],
)
def test_impossible_times_are_found(frames: list[FrameMeasurement]) -> None:
    assert "impossible_times" in problems(frames)


def test_challenge_without_prompts_cannot_be_met() -> None:
    assert not judge_moves(burst(LEFT_RIGHT), Challenge((), 5.6), LIMITS).passed


numbers = st.none() | st.floats(allow_nan=True, allow_infinity=True)
frames_of_any_kind = st.builds(
    FrameMeasurement,
    at_s=st.floats(),
    faces=st.integers(0, 5),
    yaw=numbers,
    pitch=numbers,
    mouth_width=numbers,
    eye_openness=numbers,
    planar_residual=numbers,
    planar_fit=numbers,
    displacement=numbers,
    change=numbers,
)


@given(st.lists(frames_of_any_kind, max_size=35), seeds)
def test_arbitrary_numbers_never_raise_and_findings_are_json(
    frames: list[FrameMeasurement], seed: int
) -> None:
    findings = judge_moves(frames, draw_challenge(random.Random(seed)), LIMITS)

    moves = findings.moves
    challenge = draw_challenge(random.Random(seed))
    asked_for = [prompt.move for prompt in challenge.prompts]
    assert sorted((*moves.made, *moves.missing, *moves.unreadable)) == sorted(asked_for)
    assert set(findings.problems) <= set(LivenessProblem)
