"""Lays a face over five fixed points, as OpenCV's FaceRecognizerSF does before it recognises."""

from __future__ import annotations

import cv2
import numpy as np

from verification.engines.images import Floats, Pixels

SIDE_PX = 112
POINTS_PX = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ]
)
"""Where eyes, nose and corners of the mouth lay in the pictures that SFace was trained with."""
MIDDLE_PX = 56.0262 + 71.9008j
"""The middle of these points, rounded as OpenCV has it, so that the crops are alike."""


def aligned(image: Pixels, marks: Floats) -> Pixels:
    """The face moved, turned and scaled so that its five points fit best: 112x112.

    marks   YuNet's five landmarks in pixels of the picture: shape (5, 2)
    """
    given, wanted = _as_complex(np.asarray(marks, float)), _as_complex(POINTS_PX)
    from_middle, to_middle = given - given.mean(), wanted - MIDDLE_PX
    # A complex factor turns and scales; this one leaves the least sum of squared distances.
    factor = np.vdot(from_middle, to_middle) / max(np.vdot(from_middle, from_middle).real, 1e-9)
    shift = MIDDLE_PX - factor * given.mean()
    across, down = factor.real, factor.imag
    to_crop = np.array([[across, -down, shift.real], [down, across, shift.imag]])
    return np.asarray(cv2.warpAffine(image, to_crop, (SIDE_PX, SIDE_PX)), np.uint8)


def _as_complex(points: np.ndarray) -> np.ndarray:
    return points[:, 0] + 1j * points[:, 1]
