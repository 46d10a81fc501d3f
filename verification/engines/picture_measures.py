"""Measures one picture of a film: how good it is, how the head stands, and what changed."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from verification.domain.measurements import FrameMeasurement
from verification.engines import landmarks
from verification.engines.flatness import planar_fit, planar_residual, shape_change
from verification.engines.images import Floats, Pixels
from verification.engines.networks import Face
from verification.engines.sights import Sight

FIT_FRAMES, FIT_SHAPE_CHANGE_MIN = 3, 0.02
"""How many fits are made, and from which change of the face's shape on. Drawn from the five public
photographs of the tests, still heads stay below 0.007, heads turned by 10 degrees reach
0.014-0.024, and prints tilted by 35 degrees 0.011-0.034."""
QUALITY_SIDE_PX = 112
QUALITY_EYES = ((38.3, 51.7), (73.5, 51.5))
"""The places where SFace wants the eyes. Sharpness and brightness are measured at that scale."""


def planar_fits(seen: Sequence[Sight], pixels: Pixels, start: Floats) -> dict[float, float]:
    """The fits by time, of the frames in which the face's shape differs most from the start."""
    changes = [
        (shape_change(start, sight.mesh), sight.at_s, sight.pixels, sight.mesh)
        for sight in seen
        if sight.mesh is not None
    ]
    changed = [each for each in changes if each[0] >= FIT_SHAPE_CHANGE_MIN]
    strongest = sorted(changed, key=lambda each: -each[0])[:FIT_FRAMES]
    return {
        at_s: round(planar_fit(pixels, start, now, mesh), 4) for _, at_s, now, mesh in strongest
    }


def measurement(sight: Sight, previous: Sight | None, start: Floats) -> FrameMeasurement:
    """Measure a picture against the one before it, and the mesh against the person's at rest."""
    if sight.face is None or sight.mesh is None:
        return FrameMeasurement(sight.at_s, sight.faces)
    grey = _quality_crop(sight.pixels, sight.face)
    eye_distance_px = sight.face.eye_distance_px
    shift_px = np.linalg.norm(sight.mesh[:, :2] - start[:, :2], axis=1).mean()
    return FrameMeasurement(
        at_s=sight.at_s,
        faces=sight.faces,
        eye_distance_px=round(eye_distance_px, 1),
        sharpness=round(float(cv2.Laplacian(grey, cv2.CV_32F).std()), 2),
        brightness=round(float(grey.mean()), 1),
        visibility=round(sight.visibility, 1),
        yaw=round(sight.yaw, 4),
        pitch=round(landmarks.pitch(sight.mesh), 4),
        roll=round(landmarks.roll(sight.mesh), 2),
        mouth_width=round(landmarks.mouth_width(sight.mesh), 4),
        mouth_gap=round(landmarks.mouth_gap(sight.mesh), 4),
        planar_residual=round(planar_residual(start, sight.mesh), 5),
        displacement=round(float(shift_px / max(eye_distance_px, 1.0)), 5),
        change=None if previous is None else _change(sight.face, previous.pixels, sight.pixels),
    )


def _quality_crop(pixels: Pixels, face: Face) -> Pixels:
    """The face in grey, upright and at the recogniser's scale."""
    across, down = face.eyes[1] - face.eyes[0]
    wanted = np.array(QUALITY_EYES)
    length = max(float(across**2 + down**2), 1.0)
    reach = wanted[1, 0] - wanted[0, 0]
    turn = np.array([[across, down], [-down, across]]) * reach / length
    matrix = np.column_stack([turn, wanted.mean(axis=0) - turn @ face.eyes.mean(axis=0)])
    crop = cv2.warpAffine(pixels, matrix, (QUALITY_SIDE_PX, QUALITY_SIDE_PX))
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8)


def _change(face: Face, before: Pixels, now: Pixels) -> float | None:
    """The mean absolute difference, in grey levels, over the box in which the face is now."""
    if before.shape != now.shape:
        return None
    x, y, width, height = (max(value, 0) for value in face.box)
    box = np.s_[y : y + height, x : x + width]
    if not now[box].size:
        return None
    return round(float(cv2.absdiff(before[box], now[box]).mean()), 3)
