"""How far a frame shows a move, measured against the person at rest.

Nothing here compares a person with others: narrow eyes, wide mouths and a phone held low are that
person's own rest.
"""

from __future__ import annotations

from verification.domain.challenge import Move
from verification.domain.measurements import FrameMeasurement
from verification.domain.move_limits import MoveLimits
from verification.domain.rest import Rest


def extent_of(move: Move, frame: FrameMeasurement, rest: Rest, limits: MoveLimits) -> float:
    """How far a frame shows a move: 0 as at rest, 1 as much as counts, 0 where nobody can tell.

    A turn, a look up or down counts only where no plane can have made it.
    """
    if move is Move.BLINK:
        return _shut_extent(frame, rest, limits)
    if move is Move.SMILE:
        return _smile_extent(frame, rest, limits)
    if move is Move.OPEN_MOUTH:
        return _open_extent(frame, rest, limits)
    if move.roll_sign:
        return _tilt_extent(frame, rest, limits) * move.roll_sign
    if (frame.planar_residual or 0.0) < limits.solid_residual_min:
        return 0.0
    if move is Move.LOOK_UP:
        return _up_extent(frame, rest, limits)
    if move is Move.LOOK_DOWN:
        return _down_extent(frame, rest, limits)
    return turn_extent(frame, rest, limits) * move.yaw_sign


def turn_extent(frame: FrameMeasurement, rest: Rest, limits: MoveLimits) -> float:
    """How far the frame shows a turn, with the sign of its yaw."""
    return 0.0 if frame.yaw is None else (frame.yaw - rest.yaw) / limits.turn_yaw_min


def _tilt_extent(frame: FrameMeasurement, rest: Rest, limits: MoveLimits) -> float:
    """How far the frame shows a tilt, with the sign of its roll."""
    if frame.roll is None or rest.roll is None:
        return 0.0
    return (frame.roll - rest.roll) / limits.tilt_degrees_min


def _raised_by(frame: FrameMeasurement, rest: Rest) -> float:
    """The change of pitch: above 0 when looking up."""
    if frame.pitch is None or rest.pitch is None:
        return 0.0
    return rest.pitch - frame.pitch


def _up_extent(frame: FrameMeasurement, rest: Rest, limits: MoveLimits) -> float:
    return _raised_by(frame, rest) / limits.look_up_pitch_min


def _down_extent(frame: FrameMeasurement, rest: Rest, limits: MoveLimits) -> float:
    return -_raised_by(frame, rest) / limits.nod_pitch_min


def _shut_extent(frame: FrameMeasurement, rest: Rest, limits: MoveLimits) -> float:
    if frame.eye_openness is None or not rest.eye_openness:
        return 0.0
    return (1 - frame.eye_openness / rest.eye_openness) / (1 - limits.eyes_shut_max)


def _smile_extent(frame: FrameMeasurement, rest: Rest, limits: MoveLimits) -> float:
    if frame.mouth_width is None or not rest.mouth_width or _is_aside(frame, rest, limits):
        return 0.0
    return (frame.mouth_width / rest.mouth_width - 1) / (limits.smile_width_min - 1)


def _open_extent(frame: FrameMeasurement, rest: Rest, limits: MoveLimits) -> float:
    if frame.mouth_gap is None or rest.mouth_gap is None:
        return 0.0
    if abs(turn_extent(frame, rest, limits)) > limits.smile_turned_max:
        return 0.0  # A chin that goes down looks a little like a look up, so that is no matter.
    return (frame.mouth_gap - rest.mouth_gap) / limits.mouth_gap_min


def _is_aside(frame: FrameMeasurement, rest: Rest, limits: MoveLimits) -> bool:
    """Whether a turn or a look up changes the mouth, so that it cannot be read."""
    aside = abs(turn_extent(frame, rest, limits)), abs(_up_extent(frame, rest, limits))
    return max(aside) > limits.smile_turned_max
