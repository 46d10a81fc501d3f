"""Films that no camera took and props before a camera, drawn from real photographs.

Each is refused by the signs of a camera or by the moves. Honest people raise no sign at any
quality and frame rate of a phone.
"""

import random
from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from lab.pictures import attacks, rendering
from lab.pictures.rendering import Burst
from verification.domain.camera_signs import CameraLimits, CameraSign, judge_camera
from verification.domain.challenge import TURNS, Challenge, Move, Prompt, draw_challenge
from verification.domain.liveness import (
    LivenessFindings,
    LivenessLimits,
    LivenessProblem,
    judge_moves,
)
from verification.engines import get_engine
from verification.engines.base import FaceEngine
from verification.engines.camera_signs import measure_camera
from verification.engines.images import read_image
from verification.engines.networks import Networks
from verification.engines.opencv_runtime import OpenCVRuntime
from verification.engines.screen_cues import moire_peak

pytestmark = pytest.mark.slow
CHALLENGE = Challenge(
    (Prompt(Move.TURN_RIGHT, 1.1, 2.4), Prompt(Move.TURN_LEFT, 3.7, 5.0)), duration_s=5.6
)
WITH_BLINK = Challenge(
    (Prompt(Move.TURN_RIGHT, 1.1, 2.4), Prompt(Move.BLINK, 3.7, 5.0)), duration_s=6.4
)
AT_WRONG_TIMES = {LivenessProblem.MOVE_MISSING, LivenessProblem.MOVE_UNPROMPTED}
Pictures = dict[str, list[bytes]]
Signs = Callable[[Burst], tuple[CameraSign, ...]]


@pytest.fixture(scope="session")
def engine() -> FaceEngine:
    return get_engine("opencv")


@pytest.fixture(scope="session")
def signs() -> Signs:
    """What the signs of a camera say about a burst."""
    networks = Networks(OpenCVRuntime())

    def judged(burst: Burst) -> tuple[CameraSign, ...]:
        files = [jpeg for _, jpeg in burst]
        pictures = [read_image(file) for file in files]
        found = [networks.faces(picture)[:1] for picture in pictures]
        boxes = [face[0].row[:4] if face else None for face in found]
        measured = measure_camera(files, pictures, [at_s for at_s, _ in burst], boxes)
        return judge_camera(measured, CameraLimits())

    return judged


@pytest.fixture
def honest(photographs: Pictures) -> Burst:
    return rendering.render_burst(photographs["obama"][0], CHALLENGE, rng=rng(1))


def rng(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.mark.parametrize(("quality", "fps"), [(50, 5.0), (65, None), (80, 4.0), (95, None)])
@pytest.mark.parametrize("who", ["obama", "biden", "astronaut"])
def test_honest_bursts_have_no_sign(
    signs: Signs,
    photographs: Pictures,
    monkeypatch: pytest.MonkeyPatch,
    who: str,
    quality: int,
    fps: float | None,
) -> None:
    monkeypatch.setattr(rendering, "JPEG_QUALITY", quality)
    challenge = draw_challenge(rng(quality))
    burst = rendering.render_burst(photographs[who][0], challenge, fps=fps, rng=rng(quality))

    assert signs(burst) == ()


@pytest.mark.parametrize("anew", [False, True], ids=["copied", "compressed again"])
def test_picture_that_returns_after_a_turn_is_noticed(
    signs: Signs, honest: Burst, anew: bool
) -> None:
    assert CameraSign.PICTURE_RETURNED in signs(attacks.duplicated(honest, rng(2), anew=anew))


@pytest.mark.parametrize("anew", [False, True], ids=["copied", "compressed again"])
def test_film_that_is_held_is_noticed(signs: Signs, honest: Burst, anew: bool) -> None:
    until_s = CHALLENGE.prompts[1].start_s
    film = attacks.frozen_part(honest, rng(3), from_s=until_s - 1.0, seconds=1.0, anew=anew)

    found = signs(film)

    assert CameraSign.PICTURE_HELD in found
    assert CameraSign.PICTURE_RETURNED not in found


def test_still_with_fresh_noise_is_held(signs: Signs, photographs: Pictures) -> None:
    burst = rendering.render_still(photographs["obama"][0], CHALLENGE, rng=rng(4))

    assert signs(burst) == (CameraSign.PICTURE_HELD,)


def test_camera_that_repeats_one_frame_is_left_alone(signs: Signs, honest: Burst) -> None:
    faltering = [*honest[:5], (honest[5][0], honest[4][1]), *honest[6:]]

    assert signs(faltering) == ()


@pytest.mark.parametrize("who", ["obama", "biden", "astronaut"])
def test_noise_that_stays_in_place_is_noticed(
    signs: Signs, photographs: Pictures, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    monkeypatch.setattr(rendering, "JPEG_QUALITY", 90)
    burst = attacks.render_animated(photographs[who][0], CHALLENGE, rng=rng(5), same_noise=True)

    assert signs(burst) == (CameraSign.NOISE_REPEATED,)


def test_frames_of_another_film_among_the_own_are_noticed(
    signs: Signs, photographs: Pictures, honest: Burst
) -> None:
    other = rendering.render_burst(photographs["biden"][0], CHALLENGE, rng=rng(6))

    assert CameraSign.SCENE_FLICKERS in signs(attacks.frames_of_both(honest, other))


@pytest.mark.parametrize("who", ["obama", "biden", "astronaut"])
def test_screen_filmed_sharply_shows_moire(signs: Signs, photographs: Pictures, who: str) -> None:
    shown = rendering.render_burst(photographs[who][0], CHALLENGE, rng=rng(11))

    assert CameraSign.SCREEN_FILMED in signs(attacks.refilmed(shown, rng(11), contrast=0.3))
    # Out of focus the display's grid cannot be seen, and so nothing is claimed.
    assert signs(attacks.refilmed(shown, rng(11), contrast=0.0)) == ()


@pytest.mark.parametrize(
    "box", [(0, 0, 60, 60), (-50, -50, 20, 20), (380, 460, 200, 200), (0, 0, 0, 0)]
)
def test_small_and_cut_off_faces_are_not_searched_for_moire(box: tuple[int, ...]) -> None:
    assert moire_peak(np.zeros((480, 400), np.uint8), box) is None


@pytest.mark.parametrize("level", [0, 128, 255])
def test_plain_picture_has_no_moire(level: int) -> None:
    assert (moire_peak(np.full((480, 400), level, np.uint8), (100, 100, 150, 150)) or 0) < 1


def encoded(jpeg: bytes, **how: object) -> bytes:
    """The picture in another file format. PIL's `save` is given `how`."""
    out = BytesIO()
    with Image.open(BytesIO(jpeg)) as image:
        image.save(out, **{"format": "JPEG", "quality": 80} | how)
    return out.getvalue()


def camera_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "A maker of cameras"
    return exif


@pytest.mark.parametrize(
    "how",
    [{"quality": 60}, {"format": "PNG"}, {"exif": camera_exif()}],
    ids=["quality", "format", "camera"],
)
def test_file_of_another_make_is_noticed(
    signs: Signs, honest: Burst, how: dict[str, object]
) -> None:
    own = [(at_s, encoded(jpeg)) for at_s, jpeg in honest]
    foreign = [*own[:7], (own[7][0], encoded(honest[7][1], **how)), *own[8:]]

    assert signs(own) == ()
    assert signs(foreign) == (CameraSign.ENCODINGS_MIXED,)


def test_frames_of_other_dimensions_are_another_make(signs: Signs, honest: Burst) -> None:
    def with_last(change: Callable[[np.ndarray], np.ndarray]) -> Burst:
        last = cv2.imencode(".jpg", change(read_image(honest[-1][1])), [1, 80])[1].tobytes()
        return [*honest[:-1], (honest[-1][0], last)]

    assert signs(with_last(lambda picture: picture[:400])) == (CameraSign.ENCODINGS_MIXED,)
    assert signs(with_last(lambda picture: np.rot90(picture))) == (CameraSign.ENCODINGS_MIXED,)


def test_one_turned_frame_hides_no_loop(signs: Signs, honest: Burst) -> None:
    turned = cv2.imencode(".jpg", np.rot90(read_image(honest[0][1])), [1, 80])[1].tobytes()
    loop = attacks.duplicated(honest, rng(2))

    assert CameraSign.PICTURE_RETURNED in signs([(loop[0][0], turned), *loop[1:]])


def test_burst_without_a_face_or_of_one_frame_is_measured(
    signs: Signs, honest: Burst, jpeg_of: Callable[[int, int], bytes]
) -> None:
    assert signs([(0.1, jpeg_of(300, 400)), (0.4, jpeg_of(300, 400))]) == ()
    assert signs(honest[:1]) == ()


def moves_of(
    engine: FaceEngine, burst: Burst, challenge: Challenge = CHALLENGE
) -> LivenessFindings:
    files, times_s = [jpeg for _, jpeg in burst], [at_s for at_s, _ in burst]
    measured = engine.measure_burst(files, times_s, None, challenge)
    return judge_moves(measured.frames, challenge, LivenessLimits())


def test_reordered_frames_do_not_make_the_moves(engine: FaceEngine, honest: Burst) -> None:
    assert moves_of(engine, honest).problems == ()
    assert {*moves_of(engine, attacks.reordered(honest, rng(7))).problems} >= AT_WRONG_TIMES


@pytest.mark.parametrize(
    ("by_s", "problems"),
    [(-1.0, AT_WRONG_TIMES), (0.7, {LivenessProblem.MOVE_MISSING}), (1.0, AT_WRONG_TIMES)],
)
def test_moves_at_other_times_are_missed_when_asked_for_and_noticed_when_not(
    engine: FaceEngine, photographs: Pictures, by_s: float, problems: set[LivenessProblem]
) -> None:
    burst = attacks.render_time_shifted(
        photographs["astronaut"][0], CHALLENGE, rng=rng(8), by_s=by_s
    )

    found = moves_of(engine, burst)
    assert {*found.problems} >= problems
    assert found.moves.made == ()


@pytest.mark.parametrize("degrees", [25.0, 35.0, 45.0, -35.0])
@pytest.mark.parametrize("who", ["obama", "astronaut"])
def test_bent_print_does_not_turn_as_a_head_does(
    engine: FaceEngine, photographs: Pictures, who: str, degrees: float
) -> None:
    burst = attacks.render_bent_photo(photographs[who][0], CHALLENGE, rng=rng(9), degrees=degrees)

    assert Move.TURN_RIGHT in moves_of(engine, burst).moves.missing


@pytest.mark.parametrize("degrees", [45.0, -45.0, 55.0])
def test_print_with_somebody_elses_living_eyes_blinks_and_does_not_turn(
    engine: FaceEngine, photographs: Pictures, degrees: float
) -> None:
    burst = attacks.render_cut_out_eyes(
        photographs["obama"][0],
        photographs["biden"][0],
        WITH_BLINK,
        rng=rng(10),
        degrees=degrees,
    )

    moves = moves_of(engine, burst, WITH_BLINK).moves
    assert (moves.missing, moves.made) == ((Move.TURN_RIGHT,), (Move.BLINK,))


@pytest.mark.parametrize("seed", [12, 13])
@pytest.mark.parametrize(("face", "head"), [("obama", "biden"), ("biden", "astronaut")])
def test_face_laid_over_another_head_does_not_blink(
    engine: FaceEngine, photographs: Pictures, face: str, head: str, seed: int
) -> None:
    """The face turns with the head below, and is refused for its eyes."""
    challenge = draw_challenge(rng(seed))
    burst = attacks.render_face_swap(
        photographs[face][0], photographs[head][0], challenge, rng=rng(seed)
    )

    moves = moves_of(engine, burst, challenge).moves
    assert Move.BLINK in moves.missing
    assert set(moves.made) & set(TURNS)


@pytest.mark.parametrize("who", ["obama", "biden", "astronaut"])
def test_photograph_that_software_moves_does_not_blink(
    engine: FaceEngine, photographs: Pictures, who: str
) -> None:
    challenge = draw_challenge(rng(14))
    burst = attacks.render_animated(photographs[who][0], challenge, rng=rng(14))

    assert moves_of(engine, burst, challenge).moves.missing == (Move.BLINK,)
