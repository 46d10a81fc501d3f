"""How far a plane could have made a face's motion, by the meshes and by the pixels."""

from __future__ import annotations

from itertools import chain

import cv2
import numpy as np
from numpy.typing import NDArray

from verification.engines.images import Floats, Pixels
from verification.engines.landmarks import CHIN, FOREHEAD, LEFT_CHEEK, RIGHT_CHEEK

PATCH_PX = 64
PATCH_FACE_HEIGHTS = 0.8
"""Side of the patch in heights of the face. It ends within the face, since what lies behind a head
moves otherwise, flat or not."""
SURE_FIT = 0.99
"""The correlation from which no better alignment is looked for."""
SURE_HEAD = (0.76, 0.96)
"""The correlations of the meshes' own alignment between which no better one is looked for. None of
115 drawn prints tilted by 52 to 66 degrees was there, and nearly all of 111 heads were that were
turned by 20 or 30 degrees or looked up (0.71 to 0.96)."""
SQUEEZES = (1.0, 0.7, 0.48)
"""First guesses of how much narrower a tilted print has become. 0.48 is about 60 degrees."""
COARSE_BLUR, FINE_BLUR, ITERATIONS, GAIN_MIN = 5, 1, 30, 5e-4
"""An alignment ends when a step gains less than GAIN_MIN. With 1e-4 it takes a third longer, but
the correlations of heads differ by 0.001 and `manage.py evaluate_attacks` prints the same table."""

Transform = NDArray[np.float64]


def planar_residual(start: Floats, now: Floats) -> float:
    """The RMS distance that the best homography leaves between two meshes, in face heights."""
    before, after = _flat_points(start), _flat_points(now)
    homography, _ = cv2.findHomography(before, after, 0)
    if homography is None:
        return 0.0
    return _rms_in_face_heights(_apply(np.asarray(homography), before), after)


def shape_change(start: Floats, now: Floats) -> float:
    """The RMS distance that the best shift, planar turn and scaling leave, in face heights."""
    before, after = (points[:, 0] + 1j * points[:, 1] for points in (start, now))
    before, after = before - before.mean(), after - after.mean()
    moved = before * np.vdot(before, after) / max(float(np.vdot(before, before).real), 1.0)
    pairs = [np.column_stack([points.real, points.imag]) for points in (moved, after)]
    return _rms_in_face_heights(*pairs)


def planar_fit(start_pixels: Pixels, start: Floats, pixels: Pixels, now: Floats) -> float:
    """The correlation of two faces' pixels under the best homography that is found, -1..1.

    A tilted print keeps 0.99. A head turned by 20 degrees or more falls below 0.97, since its nose
    covers a cheek. It uses enhanced correlation maximisation (Evangelidis and Psarakis, 2008).
    """
    to_patch, to_field = _to_square(start, PATCH_PX), _to_square(now, 2 * PATCH_PX)
    patch = _cut(start_pixels, to_patch, PATCH_PX)
    field = _cut(pixels, to_field, 2 * PATCH_PX)
    before = _apply(to_patch, _flat_points(start))
    after = _apply(to_field, _flat_points(now))
    best = -1.0
    for guess, blurs in chain(_mesh_guess(before, after), _squeezed_guesses(before, after)):
        best = max(best, _correlation(patch, field, guess, blurs))
        if best >= SURE_FIT or SURE_HEAD[0] <= best <= SURE_HEAD[1]:
            break
    return best


def _mesh_guess(before: Transform, after: Transform) -> list[tuple[Transform, tuple[int, ...]]]:
    homography, _ = cv2.findHomography(before, after, 0)
    return [] if homography is None else [(np.asarray(homography), (FINE_BLUR,))]


def _squeezed_guesses(
    before: Transform, after: Transform
) -> list[tuple[Transform, tuple[int, ...]]]:
    """Plain scalings from centre to centre, for prints so tilted that the mesh is wrong."""
    high = float(np.ptp(after[:, 1]) / max(float(np.ptp(before[:, 1])), 1.0))
    guesses: list[tuple[Transform, tuple[int, ...]]] = []
    for squeeze in SQUEEZES:
        scale = np.array([high * squeeze, high])
        shift = after.mean(axis=0) - scale * before.mean(axis=0)
        matrix = np.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]], [0, 0, 1.0]])
        guesses.append((matrix, (COARSE_BLUR, FINE_BLUR)))
    return guesses


def _correlation(patch: Pixels, field: Pixels, guess: Transform, blurs: tuple[int, ...]) -> float:
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, ITERATIONS, GAIN_MIN)
    warp = guess.astype(np.float32)
    found = -1.0
    try:
        for blur in blurs:
            found, refined = cv2.findTransformECC(
                patch, field, warp, cv2.MOTION_HOMOGRAPHY, criteria, np.empty(0, np.uint8), blur
            )
            warp = np.asarray(refined, np.float32)
    except cv2.error:  # there is no convergence from this guess
        return -1.0
    return float(found)


def _to_square(mesh: Floats, side_px: int) -> Transform:
    """The map from the frame to a square with the face upright in its middle, at PATCH_PX scale."""
    points = _flat_points(mesh)
    axis = points[RIGHT_CHEEK] - points[LEFT_CHEEK]
    angle = float(np.arctan2(axis[1], axis[0]))
    scale = PATCH_PX / (PATCH_FACE_HEIGHTS * _face_height_px(points))
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = turn, side_px / 2 - turn @ points.mean(axis=0)
    return matrix


def _cut(pixels: Pixels, to_square: Transform, side_px: int) -> Pixels:
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    cut = cv2.warpPerspective(grey, to_square, (side_px, side_px))
    return np.asarray(cv2.GaussianBlur(cut, (0, 0), 1.0), np.uint8)


def _flat_points(mesh: Floats) -> Transform:
    return mesh[:, :2].astype(np.float64)


def _apply(matrix: Transform, points: Transform) -> Transform:
    return np.asarray(cv2.perspectiveTransform(points[None], matrix)[0], np.float64)


def _face_height_px(points: Transform) -> float:
    return max(float(np.linalg.norm(points[FOREHEAD] - points[CHIN])), 1.0)


def _rms_in_face_heights(moved: Transform, after: Transform) -> float:
    return float(np.sqrt(((moved - after) ** 2).sum(axis=1).mean()) / _face_height_px(after))
