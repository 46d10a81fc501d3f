"""Pictures from a folder take the place of a camera."""

import pytest

from phone import camera
from phone.camera import FolderCamera, TooFewPictures
from phone.challenge import Challenge

MOMENTS_S = (0.3, 0.7, 1.2)


@pytest.fixture
def film(tmp_path, monkeypatch):
    """Film with a folder of `count` pictures. Returns what is sent."""
    monkeypatch.setattr(camera, "STEP_S", 0.01)

    def film(count):
        for n in range(count):
            (tmp_path / f"{n}.jpg").write_bytes(b"%d" % n)
        challenge = Challenge(number=1, duration_s=0.05, prompts=(), pictures_s=MOMENTS_S)
        return FolderCamera(tmp_path, tell=lambda words: None).film(challenge)

    return film


def test_as_many_as_are_asked_for_were_taken_then(film):
    assert film(3) == list(zip(MOMENTS_S, [b"0", b"1", b"2"], strict=True))


def test_more_were_taken_evenly_from_beginning_to_end(film):
    assert [at_s for at_s, _ in film(6)] == [0.0, 0.01, 0.02, 0.03, 0.04, 0.05]


def test_fewer_are_not_sent(film):
    with pytest.raises(TooFewPictures, match="3 pictures are asked for"):
        film(2)
