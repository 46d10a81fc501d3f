"""Passive attack detection with real networks, which are built here and run by each runtime.

They average the picture's channels and weigh them, so their output follows from the pixels.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from verification import checks
from verification.engines.passive import (
    PassiveDetector,
    PassiveModelUnusable,
    median_score,
    patch,
)
from verification.engines.runtimes import RUNTIMES, runtime_named

BLUE, GREEN = (250, 0, 0), (0, 250, 0)
BOX = (30.0, 40.0, 20.0, 20.0)
Save = Callable[..., Path]
Detector = Callable[..., PassiveDetector]


def network(
    *,
    classes: int = 3,
    softmax: bool = False,
    inputs: int = 1,
    outputs: int = 1,
    channels: int = 3,
    factor: float = 0.02,
) -> bytes:
    """Class 0 is `factor` times the mean of red, class 1 that of blue, class 2 that of green."""
    weights = np.zeros((max(classes, 3), 3), np.float32)
    weights[[1, 2, 0], [0, 1, 2]] = factor
    weights = np.ascontiguousarray(weights[:classes, :channels])
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["means"]),
        helper.make_node("Flatten", ["means"], ["flat"]),
        helper.make_node("Gemm", ["flat", "weights", "bias"], ["scores"], transB=1),
    ]
    shapes = {"image": [1, channels, 80, 80], "more": [1, classes], "flat": [1, channels]}
    last = "scores"
    if inputs == 2:
        nodes.append(helper.make_node("Add", [last, "more"], ["sums"]))
        last = "sums"
    if softmax:
        nodes.append(helper.make_node("Softmax", [last], ["shares"], axis=1))
        last = "shares"

    def declared(names: list[str]) -> list[onnx.ValueInfoProto]:
        return [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes.get(name, [1, classes]))
            for name in names
        ]

    graph = helper.make_graph(
        nodes,
        "means",
        declared(["image", "more"][:inputs]),
        declared([last, "flat"][:outputs]),
        [
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(np.zeros(classes, np.float32), "bias"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def write(data: bytes | None = None, **wanted: int | float | bool) -> Path:
        path = tmp_path / "model.onnx"
        path.write_bytes(network(**wanted) if data is None else data)
        return path

    return write


def plain(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((120, 100, 3), colour, np.uint8)


@pytest.fixture(params=RUNTIMES)
def detector(request: pytest.FixtureRequest) -> Detector:
    def load(path: Path, **other: float) -> PassiveDetector:
        given = {"scale": 2.7, "real_class": 1, "runtime": runtime_named(request.param)} | other
        found = PassiveDetector.from_settings(str(path), **given)
        assert found is not None
        return found

    return load


@pytest.mark.parametrize("softmax", [False, True], ids=["logits", "probabilities"])
def test_score_is_the_softmax_of_what_the_network_says_of_raw_bgr(
    detector: Detector, save: Save, softmax: bool
) -> None:
    tested = detector(save(softmax=softmax))

    # Class 1 gets 250 * 0.02 = 5, and the others get 0.
    assert tested.score(plain(BLUE), BOX) == pytest.approx(np.exp(5) / (np.exp(5) + 2), abs=1e-5)
    assert tested.score(plain(GREEN), BOX) == pytest.approx(1 / (np.exp(5) + 2), abs=1e-5)


def test_real_class_is_the_one_that_is_set(detector: Detector, save: Save) -> None:
    tested = detector(save(), real_class=2)

    assert tested.score(plain(GREEN), BOX) > 0.9
    assert tested.score(plain(BLUE), BOX) < 0.1


def test_two_classes_serve_too(detector: Detector, save: Save) -> None:
    tested = detector(save(classes=2))

    assert tested.score(plain(BLUE), BOX) == pytest.approx(1 / (1 + np.exp(-5)), abs=1e-5)


def test_numbers_that_overflow_prove_nothing(detector: Detector, save: Save) -> None:
    assert detector(save(factor=3e38)).score(plain(BLUE), BOX) is None


def test_median_outvotes_a_frame_that_errs(detector: Detector, save: Save) -> None:
    tested = detector(save())
    frames = [(plain(BLUE), BOX), (plain(GREEN), BOX), (plain(BLUE), BOX)]

    assert (median_score(tested, frames) or 0) > 0.9
    assert median_score(tested, []) is None


def seen(box: tuple[float, ...], scale: float, width: int = 200, height: int = 300) -> list[int]:
    """Left, top, right and bottom of the patch, read from a picture that holds coordinates."""
    rows, columns = np.mgrid[:height, :width]
    picture = np.dstack([columns, rows // 2, rows % 2]).astype(np.uint8)
    cut = patch(picture, box, scale)
    return [int(cut[0, 0, 0]), 2 * int(cut[0, 0, 1]), int(cut[-1, -1, 0]), 2 * int(cut[-1, -1, 1])]


@pytest.mark.parametrize(
    ("box", "scale", "expected"),
    [
        ((80, 100, 40, 60), 2.0, [60, 70, 140, 190]),
        ((0, 100, 40, 60), 2.0, [0, 70, 80, 190]),
        ((170, 260, 40, 60), 2.0, [119, 179, 199, 299]),
        # 4 * 60 px does not fit into 200, so the scale shrinks to 199 / 60 for both sides
        ((70, 120, 60, 60), 4.0, [0, 50, 199, 249]),
        ((-30, -30, 20, 20), 2.0, [0, 0, 40, 40]),
    ],
    ids=["inside", "left edge", "lower right corner", "larger than the frame", "outside"],
)
def test_crop_is_the_enlarged_box_pushed_back_into_the_frame(
    box: tuple[float, ...], scale: float, expected: list[int]
) -> None:
    assert patch(np.zeros((300, 200, 3), np.uint8), box, scale).shape == (80, 80, 3)
    assert seen(box, scale) == pytest.approx(expected, abs=2)


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (500, 500, 10, 10), (-1e6, 5, 1e6, 3)])
def test_senseless_boxes_are_scored_without_an_error(
    detector: Detector, save: Save, box: tuple[float, ...]
) -> None:
    assert 0 <= detector(save()).score(plain(BLUE), box) <= 1


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"classes": 10}, "10 numbers"),
        ({"classes": 1}, "1 numbers"),
        ({"inputs": 2}, "does not take one picture"),
        ({"outputs": 2}, "more than one output"),
        ({"channels": 1}, "does not take one picture"),
        ({"data": b""}, "cannot be read as ONNX"),
        ({"data": b"no network" * 50}, "cannot be read as ONNX"),
        ({"data": network()[:120]}, "cannot be read as ONNX"),
    ],
)
def test_file_that_cannot_serve_is_named_with_what_to_do(
    detector: Detector, save: Save, wanted: dict[str, int], why: str
) -> None:
    with pytest.raises(PassiveModelUnusable, match=why) as raised:
        detector(save(**wanted))

    assert "model.onnx" in str(raised.value)
    assert "1x3x80x80" in str(raised.value)


@pytest.mark.parametrize(("classes", "real_class"), [(2, 2), (3, 3), (3, -1)])
def test_real_class_that_the_network_lacks_is_refused(
    detector: Detector, save: Save, classes: int, real_class: int
) -> None:
    with pytest.raises(PassiveModelUnusable, match="FACE_PASSIVE_REAL_CLASS"):
        detector(save(classes=classes), real_class=real_class)


def test_missing_file_and_folder_are_refused(detector: Detector, tmp_path: Path) -> None:
    for path in (tmp_path / "none.onnx", tmp_path):
        with pytest.raises(PassiveModelUnusable, match="no such file"):
            detector(path)


def test_without_a_file_there_is_no_detector_and_a_warning(settings) -> None:
    settings.FACE_PASSIVE_MODEL = ""

    (warning,) = checks.check_passive_detection()

    assert (
        PassiveDetector.from_settings("", scale=2.7, real_class=1, runtime=runtime_named("opencv"))
        is None
    )
    assert (warning.id, warning.is_serious()) == ("verification.W001", False)
    assert "FACE_PASSIVE_MODEL" in warning.hint


def test_check_tells_a_good_file_from_a_bad_one(settings, save: Save) -> None:
    settings.FACE_PASSIVE_MODEL = str(save())
    assert checks.check_passive_detection() == []

    save(b"no network")
    (error,) = checks.check_passive_detection()
    assert (error.id, error.is_serious()) == ("verification.E002", True)
    assert "cannot be read as ONNX" in error.msg
