"""What the 468 points of the face mesh say, such as where the nose points.

These are ratios within one face, so that the distance to the camera cancels out. "Left" and "right"
in the names of indices are as seen in the frame.
"""

from __future__ import annotations

import numpy as np

from verification.engines.images import Floats
from verification.engines.networks import (
    EYE_CORNERS,
    LEFT_MOUTH_CORNER,
    NOSE_TIP,
    RIGHT_MOUTH_CORNER,
)

LEFT_CHEEK, RIGHT_CHEEK, FOREHEAD, CHIN = 234, 454, 10, 152
UPPER_LIP, LOWER_LIP = 13, 14
"""The middle of the lips' inner edges."""


def yaw(mesh: Floats) -> float:
    """The nose's tip along the cheek axis: 0 midway, +1 over the cheek at the frame's right."""
    left, right, nose = mesh[LEFT_CHEEK, :2], mesh[RIGHT_CHEEK, :2], mesh[NOSE_TIP, :2]
    return 2 * _along(np.asarray(nose - (left + right) / 2, np.float32), right - left)


def pitch(mesh: Floats) -> float:
    """The nose's tip along the axis from forehead to chin: about 0.5, and less when looking up."""
    return _along(mesh[NOSE_TIP, :2] - mesh[FOREHEAD, :2], mesh[CHIN, :2] - mesh[FOREHEAD, :2])


def roll(mesh: Floats) -> float:
    """The lean of the axis through the outer eye corners in degrees: above 0 where the head leans
    to the right of the frame."""
    (outer_left, _), (_, outer_right) = EYE_CORNERS
    across, down = mesh[outer_right, :2] - mesh[outer_left, :2]
    return float(np.degrees(np.arctan2(down, across)))


def mouth_gap(mesh: Floats) -> float:
    """The distance between the lips' inner edges, in spans of the outer eye corners."""
    (outer_left, _), (_, outer_right) = EYE_CORNERS
    span = _distance(mesh, outer_left, outer_right)
    return _distance(mesh, UPPER_LIP, LOWER_LIP) / max(span, 1.0)


def mouth_width(mesh: Floats) -> float:
    """The distance between the corners of the mouth, in spans of the outer eye corners."""
    (outer_left, _), (_, outer_right) = EYE_CORNERS
    span = _distance(mesh, outer_left, outer_right)
    return _distance(mesh, LEFT_MOUTH_CORNER, RIGHT_MOUTH_CORNER) / max(span, 1.0)


def _along(vector: Floats, axis: Floats) -> float:
    return float(np.dot(vector, axis) / max(float(np.dot(axis, axis)), 1.0))


def _distance(mesh: Floats, one: int, other: int) -> float:
    return float(np.linalg.norm(mesh[one, :2] - mesh[other, :2]))
