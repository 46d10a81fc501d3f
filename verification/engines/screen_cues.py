"""The one sign of a filmed screen that needs no training and proved useful: moire.

Where a display's grid of pixels and a sensor's meet, the face's spectrum gets peaks that skin, hair
and compression do not make. docs/films-and-screens.md says what else was tried, and by which
figures it was dropped. A screen filmed out of focus has no moire, so its absence proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from verification.engines.images import Floats, Pixels
from verification.engines.passive import Box

SIDE_MAX_PX, SIDE_MIN_PX = 128, 80
"""Sides of the square in the middle of the face. Smaller faces have too few periods to tell."""
LOWEST, HIGHEST = 0.12, 0.48
"""Cycles per pixel. Features of the face are below, and the sampling limit is above."""
AXIS_BINS = 1
"""How many bins are left out on both axes, where the blocks of JPEG have their peaks."""
PEAKS = 4
"""How many peaks the mean is made of: two peaks and their mirror images."""
SMOOTHING_PX = 3.0


def median_moire(faces: Iterable[tuple[Pixels, Box]]) -> float | None:
    """The median of several frames' peaks, or None where no face is large enough."""
    peaks = [peak for grey, box in faces if (peak := moire_peak(grey, box)) is not None]
    return round(median(peaks), 2) if peaks else None


def moire_peak(grey: Pixels, box: Box) -> float | None:
    """The highest peaks of a face's spectrum, over the mean at their frequency.

    grey    the frame as decoded and not reduced, with one channel
    It is 3-7 without moire, and None for a face below SIDE_MIN_PX.
    """
    square = _middle_of_face(grey, box)
    if square is None:
        return None
    detail = square - cv2.GaussianBlur(square, (0, 0), SMOOTHING_PX)
    window, ring, band = _masks(len(square))
    spectrum = np.abs(np.fft.fft2(detail * window))
    sums = np.bincount(ring.ravel(), spectrum.ravel())
    means = sums / np.maximum(np.bincount(ring.ravel()), 1)
    heights = spectrum[band] / np.maximum(means[ring[band]], 1e-3)
    return float(np.partition(heights, -PEAKS)[-PEAKS:].mean())


def _middle_of_face(grey: Pixels, box: Box) -> Floats | None:
    """The largest square of even side around the middle of the box, at most SIDE_MAX_PX."""
    middle_x, middle_y = box[0] + box[2] / 2, box[1] + box[3] / 2
    height, width = grey.shape[:2]
    room = 2 * min(middle_x, middle_y, width - middle_x, height - middle_y)
    side = int(min(SIDE_MAX_PX, max(box[2], box[3]), room)) // 2 * 2
    if side < SIDE_MIN_PX:
        return None
    top, left = int(middle_y - side / 2), int(middle_x - side / 2)
    return np.asarray(grey[top : top + side, left : left + side], np.float32)


@lru_cache(maxsize=SIDE_MAX_PX)
def _masks(side: int) -> tuple[NDArray[np.float64], NDArray[np.int_], NDArray[np.bool_]]:
    """A Hann window, the ring of each frequency, and the frequencies that are searched."""
    cycles = np.fft.fftfreq(side)
    across, down = np.meshgrid(cycles, cycles)
    radius = np.hypot(across, down)
    off_axes = np.minimum(np.abs(across), np.abs(down)) * side > AXIS_BINS
    band = (radius > LOWEST) & (radius < HIGHEST) & off_axes
    return np.outer(np.hanning(side), np.hanning(side)), (radius * side).astype(int), band
