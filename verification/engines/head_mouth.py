"""The mouth of a photographed head that smiles and opens, for simulations and tests only."""

from __future__ import annotations

import cv2
import numpy as np

from verification.engines.images import Floats, Pixels
from verification.engines.landmarks import CHIN, FOREHEAD, LOWER_LIP, UPPER_LIP
from verification.engines.networks import EYE_CORNERS

MOUTH_CORNERS = (61, 291)
SMILE_REACH, SMILE_WIDER, SMILE_HIGHER = 0.35, 0.17, 0.10
"""How far around a corner of the mouth the cheek moves too, and how far the corner itself moves
aside and up, in mouth widths."""
INNER_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
INNER_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
"""The inner edges of the lips from corner to corner."""
LOWER_LIP_POINTS = (
    95, 88, 178, 87, 14, 317, 402, 318, 324,
    96, 89, 179, 86, 15, 316, 403, 319, 325,
    77, 90, 180, 85, 16, 315, 404, 320, 307,
    146, 91, 181, 84, 17, 314, 405, 321, 375,
)  # fmt: skip
UPPER_LIP_POINTS = (
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308,
    62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292,
    76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306,
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291,
)  # fmt: skip
"""The lips' points, with the corners of the mouth among the upper ones."""
CORNER_DROP, CORNERS_INWARDS = 0.3, 0.1
"""How far the corners of the mouth go down, as a share of the jaw's way, and inwards, as a share of
half the mouth."""
JAW_DROP = 0.36
"""How far the jaw goes down when the mouth is wide open, in spans of the outer eye corners."""
JAW_REACH = 0.62
"""How far aside of the chin the jaw still moves by half, in spans of the outer eye corners."""
MOUTH_INSIDE = (38.0, 32.0, 58.0)
"""The colour of an open mouth's inside, as blue, green and red."""
TEETH, TEETH_SHARE = (150.0, 165.0, 175.0), 0.2
"""The colour of the upper teeth, and how much of the open mouth they fill."""
EDGE_BLUR_PX = 1.2


def smile_of(points: Floats) -> Floats:
    """How a full smile moves each point: the mouth's corners out and up, the cheeks with them."""
    right, left = points[list(MOUTH_CORNERS)]
    width = float(np.linalg.norm(left - right))
    across = (left - right) / width
    up = np.array([across[1], -across[0]])
    moved = np.zeros_like(points)
    for corner, outwards in ((right, -across), (left, across)):
        distance = np.linalg.norm(points - corner, axis=1) / width
        share = np.exp(-((distance / SMILE_REACH) ** 2) / 2)[:, None]
        moved += share * width * (SMILE_WIDER * outwards + SMILE_HIGHER * up)
    return np.asarray(moved, np.float32)


def jaw_of(points: Floats) -> Floats:
    """How a mouth that opens wide moves each point: the lower lip and the chin go down, the corners
    of the mouth a little down and inwards."""
    (outer_left, _), (_, outer_right) = EYE_CORNERS
    span = float(np.linalg.norm(points[outer_right] - points[outer_left]))
    down = points[CHIN] - points[FOREHEAD]
    down = down / max(float(np.linalg.norm(down)), 1.0)
    across = np.array([down[1], -down[0]])
    mouth = (points[UPPER_LIP] + points[LOWER_LIP]) / 2
    below = (points - mouth) @ down / max(float((points[CHIN] - mouth) @ down), 1.0)
    aside = (points - mouth) @ across
    share = np.clip(below / 0.5, 0, 1) * np.exp2(-((aside / (JAW_REACH * span)) ** 2))
    half = max(float(np.linalg.norm(points[MOUTH_CORNERS[1]] - points[MOUTH_CORNERS[0]])) / 2, 1.0)
    out = np.clip(np.abs(aside / half), 0, 1) ** 3
    upper, lower = list(UPPER_LIP_POINTS), list(LOWER_LIP_POINTS)
    share[upper] = CORNER_DROP * out[upper]
    share[lower] = CORNER_DROP * out[lower] + 1 - out[lower]
    inwards = np.zeros(len(points))
    inwards[upper + lower] = -CORNERS_INWARDS * (aside * out)[upper + lower]
    moved = JAW_DROP * span * share[:, None] * down + inwards[:, None] * across
    return np.asarray(moved, np.float32)


def darkened(drawn: Pixels, points: Floats, mouth_open: float) -> Pixels:
    """The frame with a dark inside of the mouth and its upper teeth. The points are where they are
    drawn."""
    upper, lower = points[list(INNER_UPPER), :2], points[list(INNER_LOWER), :2]
    teeth = upper + TEETH_SHARE * (lower - upper)
    share = min(mouth_open * 2, 1.0)
    for edge, colour in ((lower, MOUTH_INSIDE), (teeth, TEETH)):
        _fill(drawn, np.concatenate([upper, edge[-2:0:-1]]), colour, share)
    return drawn


def _fill(drawn: Pixels, edge: Floats, colour: tuple[float, ...], share: float) -> None:
    """Fill a polygon with soft edges."""
    inside = np.zeros(drawn.shape[:2], np.float32)
    cv2.fillPoly(inside, [np.round(edge).astype(np.int32)], share)
    low = np.maximum(np.floor(edge.min(axis=0)).astype(int) - 4, 0)
    high = np.ceil(edge.max(axis=0)).astype(int) + 5
    part = np.s_[low[1] : high[1], low[0] : high[0]]
    if inside[part].size:
        soft = cv2.GaussianBlur(inside[part], (0, 0), EDGE_BLUR_PX)[..., None]
        drawn[part] = soft * np.array(colour) + (1 - soft) * drawn[part]
