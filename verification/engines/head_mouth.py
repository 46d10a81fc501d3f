"""The mouth of a photographed head that smiles and opens, for simulations and tests only."""

from __future__ import annotations

import cv2
import numpy as np

from verification.engines.images import Pixels
from verification.engines.landmarks import CHIN, FOREHEAD, LOWER_LIP, UPPER_LIP
from verification.engines.networks import EYE_CORNERS, Floats

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
JAW_DROP = 0.34
"""How far the jaw goes down when the mouth is wide open, in spans of the outer eye corners."""
JAW_REACH = 0.62
"""How far aside of the chin the jaw still moves by half, in spans of the outer eye corners."""
MOUTH_INSIDE = (38.0, 32.0, 58.0)
"""The colour of an open mouth's inside, as blue, green and red."""
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
    """How a mouth that opens wide moves each point: the lower lip and the chin go down."""
    (outer_left, _), (_, outer_right) = EYE_CORNERS
    span = float(np.linalg.norm(points[outer_right] - points[outer_left]))
    down = points[CHIN] - points[FOREHEAD]
    down = down / max(float(np.linalg.norm(down)), 1.0)
    across = np.array([down[1], -down[0]])
    mouth = (points[UPPER_LIP] + points[LOWER_LIP]) / 2
    below = (points - mouth) @ down / max(float((points[CHIN] - mouth) @ down), 1.0)
    aside = (points - mouth) @ across / (JAW_REACH * span)
    share = np.clip(below / 0.5, 0, 1) * np.exp2(-(aside**2))
    lip = list(LOWER_LIP_POINTS)
    half = max(float(np.linalg.norm(points[MOUTH_CORNERS[1]] - points[MOUTH_CORNERS[0]])) / 2, 1.0)
    share[lip] = np.clip(1 - ((points[lip] - mouth) @ across / half) ** 2, 0, 1)
    return np.asarray(JAW_DROP * span * share[:, None] * down, np.float32)


def darkened(drawn: Pixels, points: Floats, mouth_open: float) -> Pixels:
    """The frame with a dark inside of the mouth, whose points are given where they are drawn."""
    edge = points[[*INNER_UPPER, *INNER_LOWER[-2:0:-1]], :2]
    inside = np.zeros(drawn.shape[:2], np.float32)
    cv2.fillPoly(inside, [np.round(edge).astype(np.int32)], min(mouth_open * 2, 1.0))
    low = np.maximum(np.floor(edge.min(axis=0)).astype(int) - 4, 0)
    high = np.ceil(edge.max(axis=0)).astype(int) + 5
    part = np.s_[low[1] : high[1], low[0] : high[0]]
    if not inside[part].size:
        return drawn
    share = cv2.GaussianBlur(inside[part], (0, 0), EDGE_BLUR_PX)[..., None]
    drawn[part] = share * np.array(MOUTH_INSIDE) + (1 - share) * drawn[part]
    return drawn
