"""The person at rest, by whom every move is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from verification.domain.measurements import FrameMeasurement
from verification.domain.move_limits import MoveLimits


@dataclass(frozen=True)
class Rest:
    """The person's own measures before the first prompt, as FrameMeasurement has them."""

    yaw: float = 0.0
    pitch: float | None = None
    roll: float | None = None
    mouth_width: float | None = None
    mouth_gap: float | None = None
    eye_openness: float | None = None
    """The distance between the lids in eye widths; None where the eyes cannot be read."""


def is_frontal(early: Sequence[FrameMeasurement], limits: MoveLimits) -> bool:
    """Whether the person faced the camera steadily in the frames before the first prompt."""
    yaws = [frame.yaw for frame in early if frame.yaw is not None]
    if len(yaws) < limits.neutral_frames_min:
        return False
    steady = max(yaws) - min(yaws) <= limits.neutral_spread_max
    return steady and abs(median(yaws)) <= limits.frontal_yaw_max


def rest_of(early: Sequence[FrameMeasurement], limits: MoveLimits) -> Rest:
    """The person at rest, from the frames before the first prompt in which there is a face."""
    openness = [frame.eye_openness for frame in early if frame.eye_openness is not None]
    return Rest(
        yaw=_middle([frame.yaw for frame in early]) or 0.0,
        pitch=_middle([frame.pitch for frame in early]),
        roll=_middle([frame.roll for frame in early]),
        mouth_width=_middle([frame.mouth_width for frame in early]),
        mouth_gap=_middle([frame.mouth_gap for frame in early]),
        eye_openness=_readable_openness(openness, limits),
    )


def _middle(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _readable_openness(openness: list[float], limits: MoveLimits) -> float | None:
    """How open the eyes are at rest, without the lowest third, which may be a blink."""
    if len(openness) < limits.neutral_frames_min:
        return None
    open_ = sorted(openness)[len(openness) // 3 :]
    middle = median(open_)
    steady = open_[-1] - open_[0] <= limits.eyes_readable_spread_max * middle
    return middle if steady and middle >= limits.eyes_readable_min else None
