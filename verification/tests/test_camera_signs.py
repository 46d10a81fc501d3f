"""The rules on signs of a film that no camera took, on measured numbers alone."""

from dataclasses import replace

import pytest

from verification.domain.camera_signs import (
    CameraLimits,
    CameraMeasurement,
    CameraSign,
    SamePicture,
    judge_camera,
)

TIMES_S = (0.101, 0.352, 0.6, 0.857, 1.103, 1.361, 1.602, 1.849)
LIMITS = CameraLimits()


def measured(**other: object) -> CameraMeasurement:
    plain = CameraMeasurement(TIMES_S, noise_correlation=0.003)
    return replace(plain, **other)


def same(earlier: int, later: int, **other: float) -> SamePicture:
    pair = SamePicture(
        TIMES_S[earlier], TIMES_S[later], motion_px=0.01, difference=0.5, change_between=0.0
    )
    return replace(pair, **other)


def held(*pairs: tuple[int, int]) -> CameraMeasurement:
    return measured(same=tuple(same(*pair) for pair in pairs))


def test_a_cameras_burst_has_no_sign() -> None:
    assert judge_camera(measured(), LIMITS) == ()


@pytest.mark.parametrize(
    ("other", "sign"),
    [
        ({"same": (same(0, 5, change_between=20.0),)}, CameraSign.PICTURE_RETURNED),
        ({"same": (same(2, 3), same(3, 4), same(4, 5))}, CameraSign.PICTURE_HELD),
        ({"noise_correlation": 0.1}, CameraSign.NOISE_REPEATED),
        ({"flickers": 2}, CameraSign.SCENE_FLICKERS),
        ({"moire": 15.0}, CameraSign.SCREEN_FILMED),
        ({"encodings": 2}, CameraSign.ENCODINGS_MIXED),
    ],
)
def test_each_sign_is_found_alone(other: dict[str, object], sign: CameraSign) -> None:
    assert judge_camera(measured(**other), LIMITS) == (sign,)


@pytest.mark.parametrize(
    "other",
    [
        {"same": (same(0, 5, change_between=20.0, motion_px=0.3),)},
        {"same": (same(0, 5, change_between=20.0, difference=8.0),)},
        {"same": (same(0, 5, change_between=2.0),)},
        {"noise_correlation": None},
        {"noise_correlation": 0.013},
        {"flickers": 1},
        {"moire": 7.0},
    ],
    ids=["moved", "changed", "never away", "no face", "noise", "a hand at the lens", "texture"],
)
def test_what_a_camera_does_is_no_sign(other: dict[str, object]) -> None:
    assert judge_camera(measured(**other), LIMITS) == ()


@pytest.mark.parametrize(
    "measurement",
    [
        held((2, 3)),
        held((2, 3), (3, 4)),
        held((0, 1), (1, 2), (4, 5), (5, 6)),
        held((0, 2), (1, 3), (2, 4), (3, 5)),
    ],
    ids=["once", "half a second", "twice with a pause", "not neighbours"],
)
def test_a_camera_that_falters_is_not_held(measurement: CameraMeasurement) -> None:
    assert judge_camera(measurement, LIMITS) == ()
