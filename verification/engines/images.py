"""Turns bytes from a phone into pixels, and refuses every kind of hostile bytes."""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from verification.engines.base import (
    MAX_ASPECT,
    MAX_IMAGE_BYTES,
    MAX_IMAGE_PIXELS,
    MAX_IMAGE_SIDE_PX,
    MIN_IMAGE_SIDE_PX,
    UnreadableImage,
)

Pixels = NDArray[np.uint8]
WORKING_SIDE_PX = 1280
"""Larger frames are reduced to this side, since no network here gains from more."""


def read_image(data: bytes) -> Pixels:
    """Decode a JPEG or PNG to BGR pixels, upright, with at most WORKING_SIDE_PX on a side.

    The dimensions are read from the header and judged before any pixel is decoded. Raises
    UnreadableImage on anything empty, too large, truncated or of another format.
    """
    if not 0 < len(data) <= MAX_IMAGE_BYTES:
        raise UnreadableImage(f"{len(data)} bytes, allowed are 1 to {MAX_IMAGE_BYTES}")
    try:
        with Image.open(BytesIO(data), formats=("JPEG", "PNG")) as image:
            _refuse_unusual(*image.size)
            image.draft("RGB", (WORKING_SIDE_PX, WORKING_SIDE_PX))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except UnreadableImage:
        raise
    except Exception as error:  # hostile bytes make decoders fail in any way
        raise UnreadableImage("not a complete JPEG or PNG") from error
    return _working_size(np.asarray(cv2.cvtColor(np.asarray(upright), cv2.COLOR_RGB2BGR), np.uint8))


def _refuse_unusual(width: int, height: int) -> None:
    """Refuse pictures such as no camera takes: resizing them leaves sides of no pixels."""
    short, long = sorted((width, height))
    if long > MAX_IMAGE_SIDE_PX or width * height > MAX_IMAGE_PIXELS:
        raise UnreadableImage(f"{width}x{height} is too large")
    if short < MIN_IMAGE_SIDE_PX or long > MAX_ASPECT * short:
        raise UnreadableImage(f"{width}x{height} is too small or too narrow")


def _working_size(image: Pixels) -> Pixels:
    scale = WORKING_SIDE_PX / max(image.shape[:2])
    if scale >= 1:
        return image
    return np.asarray(
        cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )
