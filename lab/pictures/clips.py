"""Films and folders of pictures as frames with their times, for measuring attack detection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

FILM_SUFFIXES = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".mjpeg", ".mjpg")
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png")
JPEG_QUALITY = 80
"""The quality at which phones compress their frames."""
UNKNOWN_RATE_FPS = 30.0
"""Frames per second of films that give neither times nor a frame rate."""
TIME_ROUNDING_S = 1e-3
"""A film's times are rounded fractions of a second. A frame is in time if it is early by this."""


class UnreadableClip(ValueError):
    """OpenCV cannot decode a film. The message names it."""


@dataclass(frozen=True)
class TimedFrame:
    """One frame as the bytes of a JPEG or PNG, and its time since the start in seconds."""

    at_s: float
    data: bytes


def film_frames(path: Path, fps: float) -> Iterator[TimedFrame]:
    """Frames of a film, evenly and at most `fps` per second. Raises UnreadableClip."""
    film = cv2.VideoCapture(str(path))
    try:
        if not film.isOpened():
            raise UnreadableClip(f"{path.name} is not a film that OpenCV can read")
        due_s = 0.0
        for at_s in _times_s(film):
            if at_s < due_s - TIME_ROUNDING_S:
                continue
            due_s += 1 / fps
            if due_s <= at_s:  # the even times begin again after a hole in the film
                due_s = at_s + 1 / fps
            is_whole, pixels = film.retrieve()
            if is_whole:
                yield TimedFrame(at_s, _encode(pixels))
    finally:
        film.release()


def _times_s(film: cv2.VideoCapture) -> Iterator[float]:
    """The time of each frame, at which the film then stands. Without times it follows the rate."""
    rate_fps = film.get(cv2.CAP_PROP_FPS) or UNKNOWN_RATE_FPS
    last_s = -1.0
    while film.grab():
        at_s = film.get(cv2.CAP_PROP_POS_MSEC) / 1000
        last_s = at_s if at_s > last_s else max(last_s, 0.0) + 1 / rate_fps
        yield last_s


def _encode(pixels: cv2.typing.MatLike) -> bytes:
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


def picture_frames(paths: Sequence[Path], fps: float) -> Iterator[TimedFrame]:
    """Pictures as if `fps` of them were taken per second, their bytes unchanged. Raises OSError."""
    for number, path in enumerate(paths):
        yield TimedFrame(number / fps, path.read_bytes())


def bursts(frames: Iterable[TimedFrame], count: int) -> Iterator[tuple[TimedFrame, ...]]:
    """Runs of `count` frames, each with its own start. Frames that are left over are dropped."""
    run: list[TimedFrame] = []
    for frame in frames:
        run.append(frame)
        if len(run) == count:
            yield tuple(TimedFrame(each.at_s - run[0].at_s, each.data) for each in run)
            run = []
