"""Films as frames with their times, on films that are written here."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from lab.pictures.clips import (
    TimedFrame,
    UnreadableClip,
    bursts,
    film_frames,
    picture_frames,
)
from verification.engines.images import read_image


def film(path: Path, *, fps: float, count: int) -> Path:
    """A film whose frame n has the grey level 8 n."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (96, 80))
    for n in range(count):
        writer.write(np.full((80, 96, 3), 8 * n, np.uint8))
    writer.release()
    return path


def numbers(frames: list[TimedFrame]) -> list[int]:
    return [round(float(read_image(frame.data).mean()) / 8) for frame in frames]


def test_film_is_thinned_to_even_times(tmp_path: Path) -> None:
    frames = list(film_frames(film(tmp_path / "a.avi", fps=20, count=30), fps=4))

    assert [frame.at_s for frame in frames] == pytest.approx([0, 0.25, 0.5, 0.75, 1.0, 1.25])
    assert numbers(frames) == [0, 5, 10, 15, 20, 25]


def test_rate_that_does_not_divide_the_films_is_kept_on_average(tmp_path: Path) -> None:
    frames = list(film_frames(film(tmp_path / "a.avi", fps=10, count=30), fps=3.5))

    assert numbers(frames) == [0, 3, 6, 9, 12, 15, 18, 20, 23, 26, 29]


def test_slower_film_gives_each_frame_once(tmp_path: Path) -> None:
    frames = list(film_frames(film(tmp_path / "a.avi", fps=2, count=4), fps=5))

    assert [frame.at_s for frame in frames] == pytest.approx([0, 0.5, 1.0, 1.5])


def test_pictures_run_in_order_with_their_own_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / "1.jpg", tmp_path / "2.jpg"]
    for path in paths:
        path.write_bytes(path.name.encode())

    assert list(picture_frames(paths, fps=4)) == [
        TimedFrame(0.0, b"1.jpg"),
        TimedFrame(0.25, b"2.jpg"),
    ]


def test_bursts_begin_at_nothing_and_leave_a_rest_out() -> None:
    frames = [TimedFrame(n / 2, str(n).encode()) for n in range(8)]

    first, second = bursts(frames, 3)

    assert first == tuple(frames[:3])
    assert second == (TimedFrame(0.0, b"3"), TimedFrame(0.5, b"4"), TimedFrame(1.0, b"5"))


@pytest.mark.parametrize("data", [b"", b"no film"])
def test_file_that_is_no_film_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(data)

    with pytest.raises(UnreadableClip, match=r"broken\.mp4"):
        list(film_frames(path, fps=4))
